"""Counters of one process, in a registry of its own so that tests and several applications never share them."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the process counts."""

    registry: CollectorRegistry
    operations: Counter
    masked_errors: Counter


def make_metrics() -> Metrics:
    """Return fresh counters at zero."""
    registry = CollectorRegistry()
    return Metrics(
        registry,
        Counter("graphql_operations", "Operations by kind and HTTP status", ("kind", "status"), registry=registry),
        Counter("graphql_masked_errors", "Failures shown to clients as INTERNAL", registry=registry),
    )
