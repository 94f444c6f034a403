"""The alerts of intake and of the streams: processes gone, queues that grow, feeds that stand still, late events."""

from collections.abc import Iterable

from ops.deploy.alert import Alert
from ops.deploy.clock import DAY, HOUR, MINUTE, Clock
from ops.deploy.queries import COLLECT, WORK, count, increase, quantile, rate, series
from ops.metrics import catalogue

_LONG_QUEUE = 1_000
_BUSY_FEED = 36  # items in six hours, one in ten minutes: below that half an hour without any is nothing strange
_FAILED = 0.5
_LATE_EVENT = 5  # seconds
_OLD_MESSAGE = 300  # seconds
_NOT_DONE = 'outcome=~"failed|late"'
_FEED = ("data_type", "source")
_DEAD = 'queue_name="dead_letters"'
_POSTS = 'data_type="post"'
_OTHERS = 'data_type=~"bar|quote"'


def intake_alerts(clock: Clock) -> Iterable[Alert]:
    """Yield the alerts, whose windows follow the clock."""
    intake = f'up{{job=~"{WORK}|{COLLECT}"}}'
    yield Alert(
        "IntakeDown",
        "ticket",
        # Where targets are looked up by name, those of a container that ended are gone, and nothing is 0.
        f"{intake} == 0\nor\n(max by (job) (max_over_time({intake}[{clock.text(DAY)}])) > 0\n"
        f"  unless max by (job) ({intake}) >= 0)",
        "{{ $labels.job }} {{ with $labels.instance }}{{ . }} {{ end }}cannot be scraped",
        "Read its last log lines, and start it again. What it had in hand is taken over; what was not collected "
        "meanwhile is fetched from where the checkpoint stands.",
        5 * MINUTE,
    )
    yield Alert(
        "QueueGrows",
        "ticket",
        f"max by (queue_name) ({catalogue.QUEUE_LENGTH.name}) > {_LONG_QUEUE}\n"
        f"  and max by (queue_name) (deriv({catalogue.QUEUE_LENGTH.name}[{clock.text(30 * MINUTE)}])) > 0",
        "{{ $value }} messages wait in {{ $labels.queue_name }}, and more come than go",
        "`insitechart queues` tells who takes them. No worker: start one. Workers at full speed: start more, one a "
        "core. Workers idle: their log says what they wait for, mostly PostgreSQL.",
        15 * MINUTE,
    )
    yield Alert(
        "QueueStands",
        "ticket",
        f"max by (queue_name) ({catalogue.QUEUE_OLDEST.name}) > {_OLD_MESSAGE}",
        "The oldest message of {{ $labels.queue_name }} has waited for {{ $value | humanizeDuration }}",
        "`insitechart queues` tells who takes messages, and what each has in hand. Nobody: start a worker. One that "
        "does not move: end it, and what it had in hand is taken over.",
        5 * MINUTE,
    )
    yield Alert(
        "DeadLetters",
        "ticket",
        f"max by (queue_name) (delta({series(catalogue.QUEUE_LENGTH, _DEAD)}[{clock.text(15 * MINUTE)}])) > 0",
        "Posts were put aside that no worker could handle",
        "`insitechart dead-letters` shows them, with the error; mend the cause, then send them back.",
    )
    yield _stalled(clock)
    yield Alert(
        "JobsFail",
        "ticket",
        f"{increase(catalogue.JOB_RUNS, 'job_name', where=_NOT_DONE, over=clock.text(30 * MINUTE))} > 1",
        "The job {{ $labels.job_name }} fails, or takes longer than it may",
        "The worker's log has a line for each failed run. What the job makes grows old meanwhile; it is tried again by "
        "itself.",
    )
    failed = rate(catalogue.EXTERNAL_REQUESTS, "api_name", where='status!~"2..|304"', over=clock.text(15 * MINUTE))
    calls = rate(catalogue.EXTERNAL_REQUESTS, "api_name", over=clock.text(15 * MINUTE))
    yield Alert(
        "ExternalApiFails",
        "ticket",
        f"{failed}\n  / ({calls} > 0) > {_FAILED}",
        "{{ $value | humanizePercentage }} of the calls of {{ $labels.api_name }} fail",
        "401 and 403: its credentials; 429: its quota, ask less often; 5xx and time-outs: theirs to mend, and the "
        "collector goes on asking at growing distances. `insitechart doctor` tries each source.",
        15 * MINUTE,
    )
    over = clock.text(5 * MINUTE)
    yield Alert(
        "EventsLate",
        "ticket",
        f"{quantile(0.9, catalogue.STREAM_LAG_SECONDS, over=over)} > {_LATE_EVENT}\n"
        f"  and {count(catalogue.STREAM_LAG_SECONDS, over=over)} > 0",
        "Subscribers see events {{ $value | humanizeDuration }} late",
        "The row Streams of the dashboard: many groups of subscribers need more servers; slow statements delay each "
        "event; a Redis that answers slowly shows in the row Caches.",
        5 * MINUTE,
    )


def _stalled(clock: Clock) -> Alert:
    """Expect posts at all hours, and prices when they came a week ago: exchanges have hours.

    A process that began anew and has stored nothing tells of no feed, so that there is nothing to compare with 0.
    """
    half, six, week = clock.text(30 * MINUTE), clock.text(6 * HOUR), clock.text(7 * DAY)
    hour = clock.text(HOUR)
    posts = increase(catalogue.DATA_PROCESSED, *_FEED, where=_POSTS, over=half)
    before = increase(catalogue.DATA_PROCESSED, *_FEED, where=_POSTS, over=six, ago=half)
    others = increase(catalogue.DATA_PROCESSED, *_FEED, where=_OTHERS, over=hour)
    last_week = increase(catalogue.DATA_PROCESSED, *_FEED, where=_OTHERS, over=hour, ago=week)
    return Alert(
        "FeedStalled",
        "ticket",
        f"({before} > {_BUSY_FEED}\n  unless {posts} > 0)\nor\n({last_week} > 0\n  unless {others} > 0)",
        "No {{ $labels.data_type }} of {{ $labels.source }} came, where they used to",
        "Does the collector run (`insitechart queues` shows its checkpoint), does the source answer "
        "(ExternalApiFails), and do workers take what it brings (QueueGrows)? Prices: is it a holiday of the exchange?",
        10 * MINUTE,
    )
