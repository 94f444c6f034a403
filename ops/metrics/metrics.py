"""What one process counts, in a registry of its own so that tests and several applications never share them."""

import asyncio
import platform
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from ops.budgets import Budgets, load_budgets
from ops.components import CACHE_UNANSWERED, component_of
from ops.errors import PublicError, ServerFault
from ops.metrics import catalogue
from ops.metrics.catalogue import Declared
from ops.metrics.families import OTHER, Counts, Distributions
from ops.metrics.operations import Operations
from ops.metrics.presence import Presence
from ops.metrics.readings import Readings
from ops.metrics.requests import Requests
from ops.operation_record import Observer

REFRESH_SECONDS = 1.0
JOB_EDGES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Upper bounds of the buckets of job runs, in seconds; none may take longer than the last."""
Refresh = Callable[[], Awaitable[None]]
"""Reads what somebody else knows and shows it, with a deadline; raises nothing."""

UNKNOWN = "unknown"
"""The release of a tree that was not installed."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the process counts; what it merely has, as connections, is read from it at each scrape."""

    registry: CollectorRegistry
    observe: Observer
    """Counts an operation with all that it did, but statements and cache calls, which are counted as they end."""
    budgets: Budgets
    operations: Operations
    requests: Requests
    statements: Distributions
    cache_calls: Distributions
    readings: Readings
    pool_waits: Distributions
    stream_lags: Distributions
    errors: Counts
    masked_errors: Counter
    shadow_operations: Counter
    external_requests: Counter
    external_seconds: Histogram
    data_processed: Counter
    queue_length: Gauge
    queue_oldest: Gauge
    feed_age: Gauge
    leases_held: Gauge
    job_runs: Counter
    job_seconds: Histogram
    traces_kept: Counts
    traces_dropped: Counter
    presence: Presence = field(default_factory=Presence)
    refreshers: list[Refresh] = field(default_factory=list)
    """What to await before each scrape, as for lengths that Redis knows."""

    async def refresh(self) -> None:
        """Bring up to date what others know, all at once and for a second at most; whoever answers a scrape waits."""
        with suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_SECONDS):
                await asyncio.gather(*(refresh() for refresh in self.refreshers))

    def note_statement(self, name: str, seconds: float, failed: bool) -> None:  # noqa: FBT001, ARG002 - who calls has a say
        """Count an SQL statement; that it failed is its operation's to tell."""
        self.statements.observe(name, seconds)

    def note_cache_call(self, name: str, seconds: float, failed: bool) -> None:  # noqa: FBT001 - as above
        """Count a call of the shared cache; one that failed is an error that no operation tells of."""
        self.cache_calls.observe(name, seconds)
        if failed:
            self.errors.add(CACHE_UNANSWERED, component_of(CACHE_UNANSWERED))

    def refused(self, error: PublicError) -> None:
        """Count an error of a request that led to no operation, whose record would tell of it."""
        self.errors.add(error.code, "graph" if error.status >= ServerFault.status else "client")

    def refused_by_server(self, error: PublicError, status: int | None = None) -> None:
        """Count what was refused before it was a request: it has no method, no endpoint, and no time.

        `status` is that of the answer, where it is not the error's own.
        """
        status = status or error.status
        statuses = self.requests.of(OTHER).statuses
        statuses[status] = statuses.get(status, 0) + 1
        self.refused(error)

    def trace_kept(self, reason: str) -> None:
        """Count a trace that was kept, of the operation that is observed next: its exemplars name it."""
        self.traces_kept.add(reason)
        self.operations.kept.fresh = True


def make_metrics(budgets: Budgets | None = None) -> Metrics:
    """Return fresh metrics at zero; without budgets, the edges of histograms are those of the shipped ones."""
    budgets = budgets or load_budgets()
    edges = budgets.edges
    registry = CollectorRegistry()
    errors = Counts(catalogue.ERRORS)
    operations = Operations(edges["operations"], errors, budgets.own_seconds)
    requests = Requests(edges["operations"], operations.kept)
    statements = Distributions(catalogue.STATEMENT_SECONDS, edges["statements"])
    cache_calls = Distributions(catalogue.CACHE_CALL_SECONDS, edges["cache_calls"])
    pool_waits = Distributions(catalogue.POOL_WAIT_SECONDS, edges["statements"])
    stream_lags = Distributions(catalogue.STREAM_LAG_SECONDS, edges["operations"])
    readings = Readings()
    traces_kept = Counts(catalogue.TRACES_KEPT)  # one of the client library takes locks, and comes with each sample
    for collector in (requests, operations, readings, statements, cache_calls, pool_waits, stream_lags, errors):
        registry.register(collector)
    registry.register(traces_kept)
    _tell_objectives(registry, budgets)
    _tell_build(registry)
    _gauge(registry, catalogue.TASKS).set_function(_tasks)
    ProcessCollector(registry=registry)
    return Metrics(
        registry=registry,
        observe=operations.observe,
        budgets=budgets,
        operations=operations,
        requests=requests,
        statements=statements,
        cache_calls=cache_calls,
        readings=readings,
        pool_waits=pool_waits,
        stream_lags=stream_lags,
        errors=errors,
        masked_errors=_counter(registry, catalogue.MASKED_ERRORS),
        shadow_operations=_counter(registry, catalogue.SHADOWS),
        external_requests=_counter(registry, catalogue.EXTERNAL_REQUESTS),
        external_seconds=_histogram(registry, catalogue.EXTERNAL_SECONDS, edges["external_calls"]),
        data_processed=_counter(registry, catalogue.DATA_PROCESSED),
        queue_length=_gauge(registry, catalogue.QUEUE_LENGTH),
        queue_oldest=_gauge(registry, catalogue.QUEUE_OLDEST),
        feed_age=_gauge(registry, catalogue.FEED_AGE),
        leases_held=_gauge(registry, catalogue.LEASES_HELD),
        job_runs=_counter(registry, catalogue.JOB_RUNS),
        job_seconds=_histogram(registry, catalogue.JOB_SECONDS, JOB_EDGES),
        traces_kept=traces_kept,
        traces_dropped=_counter(registry, catalogue.TRACES_DROPPED),
    )


def _tasks() -> int:
    """Count the tasks of the running loop; a scrape from another thread has none."""
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:
        return 0


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
