"""Counters of one process, in a registry of its own so that tests and several applications never share them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram

EXTERNAL_BUDGET = 0.5
"""Seconds in which 85 of 100 calls of an external API should be over; an edge of the histogram's buckets."""
_EXTERNAL_EDGES = (0.05, 0.1, 0.2, 0.35, EXTERNAL_BUDGET, 1.0, 2.0, 5.0, 10.0)
_MOST_CHILDREN = 256


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the process counts."""

    registry: CollectorRegistry
    operation: Callable[[str, str], Counter]
    """The counter of operations of a kind that came to a status."""
    masked_errors: Counter
    shadow_operations: Counter
    external_requests: Counter
    external_seconds: Histogram


def make_metrics() -> Metrics:
    """Return fresh counters at zero."""
    registry = CollectorRegistry()
    operations = Counter(
        "graphql_operations", "Operations by kind and HTTP status", ("kind", "status"), registry=registry
    )
    return Metrics(
        registry,
        lru_cache(maxsize=_MOST_CHILDREN)(operations.labels),
        Counter("graphql_masked_errors", "Failures shown to clients as INTERNAL", registry=registry),
        Counter(
            "graphql_shadow_operations",
            "Queries drawn to be run by a compiled plan too: same, different, unsettled, fallback, skipped, failed",
            ("verdict",),
            registry=registry,
        ),
        Counter(
            "external_api_requests",
            "Calls of external APIs by HTTP status, or by why none came",
            ("api_name", "status"),
            registry=registry,
        ),
        Histogram(
            "external_api_request_duration_seconds",
            "Seconds that calls of external APIs took",
            ("api_name",),
            buckets=_EXTERNAL_EDGES,
            registry=registry,
        ),
    )
