"""Intake that stops, falls behind, or brings nothing; events that come late; and the end of each."""

from ops.deploy.clock import MINUTE
from tests.ops.deploy.alert_case import Case, counter, gauge

_WORK = 'job="insitechart-work", instance="w"'
_COLLECT = 'job="insitechart-collect", instance="c"'
_DAY = 24 * 60
_STEP = 10 * MINUTE

INTAKE_CASES = (
    Case(
        "IntakeDown",
        {f"up{{{_COLLECT}}}": gauge((1, 10), (0, 15), (1, 10))},
        14,
        20,
        26,
        {"job": "insitechart-collect", "instance": "c"},
        "insitechart-collect c cannot be scraped",
    ),
    Case(
        "IntakeDown",
        {f"up{{{_COLLECT}}}": f"{gauge((1, 10))} stale _x14 {gauge((1, 10))}", f"up{{{_WORK}}}": gauge((1, 40))},
        14,
        20,
        26,
        {"job": "insitechart-collect"},
        "insitechart-collect cannot be scraped",
    ),
    Case(
        "QueueGrows",
        {f'message_queue_length{{{_WORK}, queue_name="posts"}}': f"{gauge((0, 30))} 0+100x39 4000-200x20 0+0x20"},
        40,
        65,
        100,
        {"queue_name": "posts"},
        "3500 messages wait in posts, and more come than go",
    ),
    Case(
        "QueueStands",
        {f'message_queue_oldest_seconds{{{_WORK}, queue_name="posts"}}': f"0+0x20 0+60x14 {gauge((0, 20))}"},
        25,
        34,
        40,
        {"queue_name": "posts"},
        "The oldest message of posts has waited for 13m 0s",
    ),
    Case(
        "JobsFail",
        {f'job_runs_total{{{_WORK}, job_name="trending", outcome="failed"}}': counter((0, 20), (1, 5), (0, 60))},
        20,
        26,
        70,
        {"job_name": "trending"},
        "The job trending fails, or takes longer than it may",
    ),
    Case(
        "DeadLetters",
        {f'message_queue_length{{{_WORK}, queue_name="dead_letters"}}': gauge((2, 20), (5, 40))},
        19,
        25,
        40,
        {"queue_name": "dead_letters"},
        "Posts were put aside that no worker could handle",
    ),
    Case(
        "FeedStalled",
        {
            f'data_processed_total{{{_WORK}, data_type="post", source="reddit"}}': counter((2, 420), (0, 90), (2, 60)),
            f'data_processed_total{{{_WORK}, data_type="post", source="news"}}': counter((1, 20), (0, 550)),
        },
        430,
        465,
        515,
        {"data_type": "post", "source": "reddit"},
        "No post of reddit came, where they used to",
    ),
    Case(
        "FeedStalled",
        {
            f'data_processed_total{{{_WORK}, data_type="post", source="reddit"}}': f"{counter((2, 420))} stale _x89 "
            f"{counter((2, 60))}"
        },
        430,
        465,
        515,
        {"data_type": "post", "source": "reddit"},
        "No post of reddit came, where they used to",
    ),
    Case(
        "FeedStalled",
        {
            f'data_processed_total{{{_WORK}, data_type="bar", source="yahoo"}}': counter(
                (0, 72), (6, 72), *[(0, 144)] * 7, (0, 72), (6, 36), (0, 50)
            )
        },
        (7 * _DAY + 12 * 60) - 10,
        (7 * _DAY + 12 * 60) + 80,
        (8 * _DAY + 12 * 60) + 40,
        {"data_type": "bar", "source": "yahoo"},
        "No bar of yahoo came, where they used to",
        _STEP,
        2 * _STEP,
    ),
    Case(
        "ExternalApiFails",
        {
            f'external_api_requests_total{{{_COLLECT}, api_name="reddit", status="200"}}': counter(
                (4, 60), (1, 60), (4, 60)
            ),
            f'external_api_requests_total{{{_COLLECT}, api_name="reddit", status="429"}}': counter(
                (0, 60), (3, 60), (0, 60)
            ),
        },
        70,
        110,
        150,
        {"api_name": "reddit"},
        "75% of the calls of reddit fail",
    ),
    Case(
        "EventsLate",
        {
            f'stream_lag_seconds_bucket{{job="insitechart-api", instance="a", le="{le}"}}': counter(
                (10, 20), (0 if le in {"0.1", "5.0"} else 10, 20), (10, 20)
            )
            for le in ("0.1", "5.0", "10.0", "+Inf")
        }
        | {'stream_lag_seconds_count{job="insitechart-api", instance="a"}': counter((10, 60))},
        20,
        35,
        50,
        {},
        "Subscribers see events 9.5s late",
    ),
)
