"""What one process counts, in a registry of its own so that tests and several applications never share them."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from ops.budgets import Budgets, load_budgets
from ops.metrics import catalogue
from ops.metrics.catalogue import Declared
from ops.metrics.families import Counts, Distributions
from ops.metrics.operations import Operations
from ops.metrics.presence import Presence
from ops.metrics.requests import Requests
from ops.operation_record import OperationRecord

UNKNOWN = "unknown"
"""The release of a tree that was not installed."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the process counts; what it merely has, as connections, is read from it at each scrape."""

    registry: CollectorRegistry
    budgets: Budgets
    operations: Operations
    requests: Requests
    statements: Distributions
    cache_calls: Distributions
    pool_waits: Distributions
    stream_lags: Distributions
    errors: Counts
    masked_errors: Counter
    shadow_operations: Counter
    external_requests: Counter
    external_seconds: Histogram
    data_processed: Counter
    queue_length: Gauge
    traces_kept: Counter
    traces_dropped: Counter
    presence: Presence = field(default_factory=Presence)

    def observe(self, record: OperationRecord) -> None:
        """Count an operation with all that it did, but statements and cache calls, which are counted as they end."""
        self.operations.observe(record)


def make_metrics(budgets: Budgets | None = None) -> Metrics:
    """Return fresh metrics at zero; without budgets, the edges of histograms are those of the shipped ones."""
    budgets = budgets or load_budgets()
    edges = budgets.edges
    registry = CollectorRegistry()
    errors = Counts(catalogue.ERRORS)
    operations = Operations(edges["operations"], errors)
    requests = Requests(edges["operations"], operations.kept)
    statements = Distributions(catalogue.STATEMENT_SECONDS, edges["statements"])
    cache_calls = Distributions(catalogue.CACHE_CALL_SECONDS, edges["cache_calls"])
    pool_waits = Distributions(catalogue.POOL_WAIT_SECONDS, edges["statements"])
    stream_lags = Distributions(catalogue.STREAM_LAG_SECONDS, edges["operations"])
    for collector in (requests, operations, statements, cache_calls, pool_waits, stream_lags, errors):
        registry.register(collector)
    _tell_objectives(registry, budgets)
    _tell_build(registry)
    ProcessCollector(registry=registry)
    return Metrics(
        registry=registry,
        budgets=budgets,
        operations=operations,
        requests=requests,
        statements=statements,
        cache_calls=cache_calls,
        pool_waits=pool_waits,
        stream_lags=stream_lags,
        errors=errors,
        masked_errors=_counter(registry, catalogue.MASKED_ERRORS),
        shadow_operations=_counter(registry, catalogue.SHADOWS),
        external_requests=_counter(registry, catalogue.EXTERNAL_REQUESTS),
        external_seconds=_histogram(registry, catalogue.EXTERNAL_SECONDS, edges["external_calls"]),
        data_processed=_counter(registry, catalogue.DATA_PROCESSED),
        queue_length=_gauge(registry, catalogue.QUEUE_LENGTH),
        traces_kept=_counter(registry, catalogue.TRACES_KEPT),
        traces_dropped=_counter(registry, catalogue.TRACES_DROPPED),
    )


def _tell_objectives(registry: CollectorRegistry, budgets: Budgets) -> None:
    seconds = _gauge(registry, catalogue.OBJECTIVE_SECONDS)
    share = _gauge(registry, catalogue.OBJECTIVE_SHARE)
    for objective in budgets.objectives:
        seconds.labels(objective.name).set(objective.seconds)
        share.labels(objective.name).set(objective.share)


def _tell_build(registry: CollectorRegistry) -> None:
    try:
        release = version("insitechart")
    except PackageNotFoundError:
        release = UNKNOWN
    _gauge(registry, catalogue.BUILD_INFO).labels(release, platform.python_version()).set(1)


def _counter(registry: CollectorRegistry, declared: Declared) -> Counter:
    return Counter(declared.name, declared.help, declared.labels, unit=declared.unit, registry=registry)


def _gauge(registry: CollectorRegistry, declared: Declared) -> Gauge:
    return Gauge(declared.name, declared.help, declared.labels, unit=declared.unit, registry=registry)


def _histogram(registry: CollectorRegistry, declared: Declared, edges: Sequence[float]) -> Histogram:
    return Histogram(
        declared.name, declared.help, declared.labels, unit=declared.unit, registry=registry, buckets=edges
    )
