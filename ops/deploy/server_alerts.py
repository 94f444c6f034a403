"""The alerts of the API's processes: gone, failing, out of connections, or measured by other objectives."""

from collections.abc import Iterable

from ops.budgets import Budgets
from ops.deploy.alert import Alert
from ops.deploy.clock import DAY, MINUTE, Clock
from ops.deploy.queries import API, OF_API, increase, named, rate, series
from ops.metrics import catalogue

_FAILED = 0.05
_BUSY = 0.9
_DIFFERENT = 'verdict="different"'
_OURS = 'component=~"graph|database"'  # the cache's failures leave answers whole
_LEAST_RATE = 0.05  # requests or operations a second, below which one failure is a large share


def server_alerts(budgets: Budgets, clock: Clock) -> Iterable[Alert]:
    """Yield the alerts, whose windows follow the clock."""
    yield Alert(
        "NoServer",
        "page",
        f'absent(up{{job="{API}"}} == 1)',
        "No server can be scraped: clients get nothing, or Prometheus has lost its targets",
        "Ask /livez of a server. If it answers, mend the targets or the token file of the scrape configuration; "
        "else look at why the processes ended: their last log lines, then the platform's.",
        2 * MINUTE,
    )
    yield Alert(
        "ServerDown",
        "page",
        f'up{{job="{API}"}} == 0',
        "{{ $labels.instance }} cannot be scraped",
        "Ask its /livez and /readyz, and read its last log lines. One of several servers: take it out of the balancer.",
        2 * MINUTE,
    )
    over = clock.text(5 * MINUTE)
    failed = rate(catalogue.REQUESTS, where='status=~"5.."', over=over)
    yield Alert(
        "RequestsFail",
        "page",
        f"{failed}\n  / ({rate(catalogue.REQUESTS, over=over)} > {_LEAST_RATE}) > {_FAILED}",
        "{{ $value | humanizePercentage }} of all requests fail",
        "`insitechart logs analyze FILE --since 1h` names the codes: UNAVAILABLE points to PostgreSQL or Redis "
        "(/readyz), TIMEOUT to slow statements, INTERNAL to a defect.",
        5 * MINUTE,
    )
    lacking = rate(catalogue.ERRORS, where=f"{OF_API}, {_OURS}", over=over)
    operations = rate(catalogue.OPERATIONS, where=OF_API, over=over)
    yield Alert(
        "AnswersLack",
        "page",
        f"{lacking}\n  / ({operations} > {_LEAST_RATE}) > {_FAILED}",
        "{{ $value | humanizePercentage }} of all operations have errors of ours",
        "The panel Errors by code names them: UNAVAILABLE and TIMEOUT point to PostgreSQL, INTERNAL to a defect. "
        "`insitechart logs analyze FILE --since 1h` names the operations.",
        5 * MINUTE,
    )
    yield Alert(
        "PoolSaturated",
        "ticket",
        f"{catalogue.CONNECTIONS.name} / {catalogue.POOL_MOST.name} >= {_BUSY}\n"
        f"  and {catalogue.POOL_WAITING.name} > 0",
        "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its connections, and operations wait for one",
        "Which statement is slow, or asked too often? The row Database of the dashboard names it. More connections "
        "help only if PostgreSQL has cores to spare; else add servers, or let more be cached.",
        5 * MINUTE,
    )
    believed = series(catalogue.CACHE_TRUSTED, OF_API)
    yield Alert(
        "CachesNotBelieved",
        "page",
        # A server that is to keep nothing never believes.
        f"{believed} == 0\n  and max_over_time({believed}[{clock.text(DAY)}]) > 0",
        "{{ $labels.instance }} hears of no writes: it asks PostgreSQL for everything, and sends no live updates",
        "Is Redis there, and does it answer in time? `insitechart cache stats` and /readyz tell, and its own log. "
        "Answers are right meanwhile, and slower; nobody takes what intake brings.",
        5 * MINUTE,
    )
    yield from _defects(clock)
    yield Alert(
        "ObjectivesDiffer",
        "ticket",
        "\nor\n".join(_differs(budgets)),
        "{{ $labels.instance }} measures {{ $labels.objective }} by another objective than these rules judge by",
        "Write the rules anew from the file and the stage that the servers have: "
        "`python -m ops.deploy write --budgets FILE --stage STAGE`; then let Prometheus read them.",
        10 * MINUTE,
    )


def _defects(clock: Clock) -> Iterable[Alert]:
    """Yield the alerts of counters that should stand still."""
    over = clock.text(10 * MINUTE)
    different = series(catalogue.SHADOWS, _DIFFERENT)
    yield Alert(
        "MaskedErrors",
        "ticket",
        f"{increase(catalogue.MASKED_ERRORS, 'instance', over=over)} > 0",
        "{{ $labels.instance }} showed clients INTERNAL: a defect, or a failure without a name",
        "Look for the lines `internal_error` in its log: each has the stack, and the id that the client was given.",
    )
    yield Alert(
        "ShadowDiffers",
        "ticket",
        f"{increase(catalogue.SHADOWS, 'instance', where=_DIFFERENT, over=over)} > 0\nor\n"
        # A first one is no increase: there was no 0 before it.
        f"sum by (instance) ({different} > 0\n  unless {different} offset {over})",
        "The compiled executor answered otherwise than the reference one on {{ $labels.instance }}",
        "Look for the lines of the shadow in the log: they name the document. Until it is mended, "
        "INSITECHART_EXECUTOR=reference serves right answers, slower.",
    )
    yield Alert(
        "TracesDropped",
        "ticket",
        f"{increase(catalogue.TRACES_DROPPED, 'instance', over=over)} > 0",
        "{{ $labels.instance }} drops traces: the collector does not take them, or more are kept than it can send",
        "Is the collector there, and does it answer? Its log and its own metrics tell; then lower the sampled share.",
        10 * MINUTE,
    )


def _differs(budgets: Budgets) -> Iterable[str]:
    for objective in budgets.objectives:
        yield f"{series(catalogue.OBJECTIVE_SECONDS, named(objective))} != {objective.seconds!r}"
        yield f"{series(catalogue.OBJECTIVE_SHARE, named(objective))} != {objective.share!r}"
