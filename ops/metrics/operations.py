"""The metrics of operations, made of their records: an Observer that costs a kept answer half a microsecond."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from ops.components import component_of
from ops.metrics import catalogue
from ops.metrics.distribution import Distribution, KeptTrace
from ops.metrics.families import OTHER, Counts, Distributions, counter, histogram
from ops.metrics.fields import FieldTimes
from ops.metrics.loading import LoadingTimes
from ops.operation_record import OperationRecord

MOST_REGISTERED: Final = 100
"""Names of registered documents that have metrics of their own; the others share "other"."""
MOST_FOUND: Final = 30
"""Names of other documents that have: those of the first that ran, for an API without registered ones."""

_Key = tuple[str, str | None, bool]


class OperationTimes:
    """The operations of one kind and name: their times, and how many came to which status."""

    __slots__ = ("kind", "name", "seconds", "statuses")

    def __init__(self, kind: str, name: str, edges: Sequence[float]) -> None:
        self.kind = kind
        self.name = name
        self.seconds = Distribution(edges)
        self.statuses: dict[int, int] = {}


class Operations(Collector):
    """Observes operations. Tracing comes first among the observers, and says in `kept` that it kept the trace.

    Names that are `budgeted` have metrics of their own, however many others came before them.
    """

    def __init__(self, edges: Sequence[float], errors: Counts, budgeted: Iterable[str] = ()) -> None:
        self.kept = KeptTrace()
        self.fields = FieldTimes(edges)
        self.loading = LoadingTimes(edges)
        self.phases = Distributions(catalogue.PHASE_SECONDS, edges)
        self._edges = edges
        self._errors = errors
        self._known: dict[_Key, OperationTimes] = {}
        self._times: dict[tuple[str, str], OperationTimes] = {}
        self._registered: set[str] = set()
        self._found = set(budgeted)
        self._most_found = MOST_FOUND + len(self._found)

    def observe(self, record: OperationRecord) -> None:
        """Count an operation; its request's id and trace are `kept` for the HTTP answer that comes next."""
        times = self._known.get((record.kind, record.name, record.registered)) or self._meet(record)
        statuses = times.statuses
        statuses[record.status] = statuses.get(record.status, 0) + 1
        trace = record.trace
        if trace is None or not self.kept.fresh:
            seconds = times.seconds  # as its `observe` does: a call would be a fifth of what this costs a kept answer
            seconds.counts[bisect_left(seconds.edges, record.seconds)] += 1
            seconds.total += record.seconds
        else:
            self._observe_traced(times, record, trace.trace_id)
        for code in record.codes:
            self._errors.add(code, component_of(code))
        for phase in record.phases:
            self.phases.observe(phase.name, phase.seconds)
        if record.fields:
            self.fields.observe(times.name, record.fields, registered=record.registered)
        if record.batches:
            self.loading.observe(record.batches)

    def collect(self) -> Iterator[Metric]:
        """Yield the families of operations, of their phases, fields and batches."""
        times = self._times.values()
        yield counter(
            catalogue.OPERATIONS,
            (((one.kind, one.name, str(status)), count) for one in times for status, count in one.statuses.items()),
        )
        yield from histogram(catalogue.OPERATION_SECONDS, (((one.kind, one.name), one.seconds) for one in times))
        yield from self.phases.collect()
        yield from self.fields.collect()
        yield from self.loading.collect()

    def _observe_traced(self, times: OperationTimes, record: OperationRecord, trace_id: int) -> None:
        kept = self.kept
        kept.fresh = False
        kept.request_id, kept.trace_id = record.request_id, trace_id
        times.seconds.observe_traced(record.seconds, trace_id)

    def _meet(self, record: OperationRecord) -> OperationTimes:
        """Find the times of a name that is not known yet; names beyond the bound are not remembered either."""
        name = self._label(record)
        times = self._times.get((record.kind, name))
        if times is None:
            times = self._times[record.kind, name] = OperationTimes(record.kind, name, self._edges)
        if name != OTHER:
            self._known[record.kind, record.name, record.registered] = times
        return times

    def _label(self, record: OperationRecord) -> str:
        """Return what an operation counts under: a registered document shares its name with no stranger's."""
        name, ours, found = record.name or ANONYMOUS, self._registered, self._found
        if name == ANONYMOUS:
            return name
        if record.kind == "refused":  # nobody knows whether it was to be a registered one
            return name if name in ours or name in found else OTHER
        if not record.registered:
            return name if name not in ours and _hold(found, name, self._most_found) else OTHER
        if name not in ours and _hold(ours, name, MOST_REGISTERED):
            for key in [key for key in self._known if key[1] == name and not key[2]]:
                del self._known[key]
        return name if name in ours else OTHER


def _hold(names: set[str], name: str, most: int) -> bool:
    """Add a name while there is room; return whether it is there."""
    if name not in names and len(names) < most:
        names.add(name)
    return name in names


ANONYMOUS: Final = "anonymous"
"""What stands for the name of operations that have none."""
