"""How the service is right now, and what came and went: the first rows."""

from ops.budgets import Budgets
from ops.deploy.charts import GREEN, LATEST, RED, YELLOW, Chart, Query, Section, Step, Unit
from ops.deploy.queries import JUDGED, OF_API, quantile, rate, series, wanted
from ops.metrics import catalogue

_NOT_SERVED = 'status=~"[45].."'
_FAILED = 'status=~"5.."'


def overview_row(budgets: Budgets) -> Section:
    """Return single figures, of the last five minutes."""
    operations = budgets.objective("operations")
    requests, failed = (rate(catalogue.REQUESTS, where=where, over=LATEST) for where in ("", _FAILED))
    late = quantile(operations.share, catalogue.OPERATION_SECONDS, where=JUDGED, over=LATEST)
    return Section(
        "Now",
        (
            _figure("Requests", "HTTP requests a second.", "reqps", requests),
            _figure(
                f"Response time, {operations.percentile}",
                f"The objective is {operations.seconds:g} s, at the stage {budgets.stage}.",
                "s",
                late,
                ((None, GREEN), (round(operations.seconds * 0.8, 6), YELLOW), (operations.seconds, RED)),
            ),
            _figure(
                "Errors",
                "The share of requests that the server failed to answer (5xx).",
                "percentunit",
                f"({failed} or vector(0))\n  / ({requests} > 0)",
                ((None, GREEN), (0.01, YELLOW), (0.05, RED)),
            ),
            _figure(
                "Active users",
                "Distinct client addresses of the last minutes, added up over processes.",
                "short",
                f"sum({series(catalogue.ACTIVE_USERS, OF_API)})",
            ),
            Chart(
                "Database connections",
                "The share of connections in use, of the process that uses most of its own.",
                "percentunit",
                (Query(f"max({catalogue.CONNECTIONS.name} / {catalogue.POOL_MOST.name})"),),
                "gauge",
                4,
                5,
                ((None, GREEN), (0.7, YELLOW), (0.9, RED)),
                most=1,
            ),
            Chart(
                "Cache hits",
                "The share of look-ups that a cache answered, over the last minute, on average over processes.",
                "percent",
                (Query(f"avg({series(catalogue.CACHE_HIT_RATE, OF_API)})"),),
                "gauge",
                4,
                5,
                ((None, RED), (50, YELLOW), (80, GREEN)),
                most=100,
            ),
        ),
    )


def traffic_row(budgets: Budgets) -> Section:
    """Return what was asked, how long it took against the objective, and what failed."""
    operations = budgets.objective("operations")
    return Section(
        "Traffic",
        (
            Chart(
                "Request rate",
                "HTTP requests a second, by path and method.",
                "reqps",
                (Query(rate(catalogue.REQUESTS, "method", "endpoint"), "{{method}} {{endpoint}}"),),
                stacked=True,
            ),
            Chart(
                "Response time",
                "Of operations, from admission to end, against the stage's objective. Points are kept traces.",
                "s",
                (
                    *(
                        Query(
                            quantile(part, catalogue.OPERATION_SECONDS, where=JUDGED),
                            f"p{part * 100:g}",
                            exemplars=part == operations.share,
                        )
                        for part in (0.5, 0.9, 0.95)
                    ),
                    Query(wanted(operations), "objective", dashed=True),
                ),
            ),
            Chart(
                "Error rate",
                "Shares of all requests, by status: 4xx are the client's, 5xx the server's, 499 left before.",
                "percentunit",
                (
                    Query(
                        f"{rate(catalogue.REQUESTS, 'status', where=_NOT_SERVED)}\n"
                        f"  / on () group_left () ({rate(catalogue.REQUESTS)} > 0)\nor vector(0)",
                        "{{status}}",
                    ),
                ),
            ),
            Chart(
                "Operations",
                "Operations a second, by kind; each event of a subscription is one.",
                "ops",
                (Query(rate(catalogue.OPERATIONS, "kind"), "{{kind}}"),),
                stacked=True,
            ),
            Chart(
                "Response times",
                "How many operations a second took how long.",
                "s",
                (Query(rate(catalogue.OPERATION_SECONDS, "le", where=JUDGED, suffix="_bucket"), "{{le}}"),),
                "heatmap",
            ),
            Chart(
                "Errors by code",
                "Errors a second, by their code and by the component that they come from.",
                "ops",
                (
                    Query(
                        f"{rate(catalogue.ERRORS, 'error_type', 'component')}\nor vector(0)",
                        "{{error_type}} {{component}}",
                    ),
                ),
            ),
            Chart(
                "HTTP response time, p90",
                "From a request's arrival to the head of its answer, by path.",
                "s",
                (Query(quantile(0.9, catalogue.REQUEST_SECONDS, "endpoint"), "{{endpoint}}"),),
            ),
            Chart(
                "Phases, p90",
                "Parsing, validating, planning and executing, where they happened: what is remembered is skipped.",
                "s",
                (Query(quantile(0.9, catalogue.PHASE_SECONDS, "phase"), "{{phase}}"),),
            ),
            Chart(
                "Active users",
                "Distinct client addresses of the last minutes, and open WebSockets, by process.",
                "short",
                (
                    Query(series(catalogue.ACTIVE_USERS, OF_API), "users of {{instance}}"),
                    Query(series(catalogue.OPEN_SOCKETS, OF_API), "sockets of {{instance}}"),
                ),
            ),
        ),
    )


def _figure(title: str, says: str, unit: Unit, promql: str, steps: tuple[Step, ...] = ((None, GREEN),)) -> Chart:
    return Chart(title, says, unit, (Query(promql),), "stat", 4, 5, steps)
