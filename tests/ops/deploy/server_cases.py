"""Servers that go, fail, run out of connections, drop traces, or measure by other objectives; and come back."""

from tests.ops.deploy.alert_case import Case, counter, gauge

_API = 'job="insitechart-api", instance="a"'
_UP = {"job": "insitechart-api", "instance": "a"}

SERVER_CASES = (
    Case(
        "NoServer",
        {f"up{{{_API}}}": gauge((1, 10), (0, 10), (1, 10))},
        10,
        14,
        21,
        {},
        "No server can be scraped: clients get nothing, or Prometheus has lost its targets",
    ),
    Case(
        "ServerDown",
        {f"up{{{_API}}}": gauge((1, 10), (0, 10), (1, 10)), 'up{job="insitechart-api", instance="b"}': gauge((1, 30))},
        10,
        14,
        21,
        _UP,
        "a cannot be scraped",
    ),
    Case(
        "RequestsFail",
        {
            f'api_requests_total{{{_API}, method="POST", endpoint="/graphql", status="200"}}': counter((90, 60)),
            f'api_requests_total{{{_API}, method="POST", endpoint="/graphql", status="503"}}': counter(
                (0, 20), (10, 20), (0, 20)
            ),
        },
        20,
        35,
        50,
        {},
        "10% of all requests fail",
    ),
    Case(
        "AnswersLack",
        {
            f'graphql_operations_total{{{_API}, kind="query", operation="Page", status="200"}}': counter((100, 60)),
            f'errors_total{{{_API}, error_type="UNAVAILABLE", component="database"}}': counter(
                (0, 20), (10, 20), (0, 20)
            ),
            f'errors_total{{{_API}, error_type="VALIDATION_FAILED", component="client"}}': counter((50, 60)),
            'errors_total{job="insitechart-work", error_type="JOB_FAILED", component="database"}': counter((50, 60)),
        },
        20,
        35,
        50,
        {},
        "10% of all operations have errors of ours",
    ),
    Case(
        "PoolSaturated",
        {
            f"database_connections_active{{{_API}}}": gauge((3, 10), (20, 15), (2, 10)),
            f"database_pool_limit{{{_API}}}": gauge((20, 35)),
            f"database_pool_waiting{{{_API}}}": gauge((0, 10), (4, 15), (0, 10)),
        },
        10,
        20,
        26,
        _UP,
        "a uses 100% of its connections, and operations wait for one",
    ),
    Case(
        "CachesNotBelieved",
        {
            f"cache_trusted{{{_API}}}": gauge((1, 10), (0, 15), (1, 10)),
            'cache_trusted{job="insitechart-api", instance="keeps nothing"}': gauge((0, 35)),
        },
        10,
        20,
        26,
        _UP,
        "a hears of no writes: it asks PostgreSQL for everything, and sends no live updates",
    ),
    Case(
        "MaskedErrors",
        {f"graphql_masked_errors_total{{{_API}}}": counter((0, 20), (1, 1), (0, 30))},
        19,
        25,
        40,
        {"instance": "a"},
        "a showed clients INTERNAL: a defect, or a failure without a name",
    ),
    Case(
        "ShadowDiffers",
        {f'graphql_shadow_operations_total{{{_API}, verdict="different"}}': f"_x20 {gauge((1, 40))}"},
        19,
        25,
        40,
        {"instance": "a"},
        "The compiled executor answered otherwise than the reference one on a",
    ),
    Case(
        "TracesDropped",
        {f"traces_dropped_total{{{_API}}}": counter((0, 20), (3, 20), (0, 30))},
        25,
        35,
        55,
        {"instance": "a"},
        "a drops traces: the collector does not take them, or more are kept than it can send",
    ),
    Case(
        "ObjectivesDiffer",
        {f'budget_objective_seconds{{{_API}, objective="operations"}}': gauge((1.5, 10), (0.8, 20), (1.5, 10))},
        15,
        25,
        31,
        {**_UP, "objective": "operations"},
        "a measures operations by another objective than these rules judge by",
    ),
)
