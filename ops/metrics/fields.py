"""Times of field paths: histograms by operation and path, which `insitechart budget report` reads as well."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client.core import Metric

from ops.metrics import catalogue
from ops.metrics.distribution import Distribution
from ops.metrics.families import OTHER, histogram
from ops.operation_record import FieldRecord

MOST_PATHS: Final = 200
"""Paths of all operations together that have metrics of their own."""
MOST_FOUND_PATHS: Final = 120
"""Those of operations that are not registered, whose paths clients choose."""
MOST_OF_ONE: Final = 40
"""Those of a single operation, so that a large one leaves room for others."""


class FieldTime:
    """The times of one path. `coordinate` is the field in the schema, "other" where several share these times."""

    __slots__ = ("coordinate", "operation", "path", "seconds")

    def __init__(self, operation: str, path: str, coordinate: str, edges: Sequence[float]) -> None:
        self.operation = operation
        self.path = path
        self.coordinate = coordinate
        self.seconds = Distribution(edges)


class FieldTimes:
    """Times by operation and path, since the process began.

    Of operations that share "other" the path is the field's coordinate: paths are made of names that clients choose.
    """

    def __init__(self, edges: Sequence[float]) -> None:
        self.edges = tuple(edges)
        self._by_operation: dict[str, dict[str, FieldTime]] = {}
        self._held = {True: 0, False: 0}

    def observe(self, operation: str, fields: Sequence[FieldRecord], *, registered: bool = True) -> None:
        """Count the fields of one operation, which is one that has metrics of its own, or "other"."""
        known = self._by_operation.get(operation)
        if known is None:
            known = self._by_operation[operation] = {}
        shared = operation == OTHER
        for field in fields:
            path = field.coordinate if shared else field.path
            times = (known.get(path) or self._meet(operation, path, field.coordinate, registered=registered)).seconds
            seconds = field.seconds  # as `observe` does: an operation has several fields
            times.counts[bisect_left(times.edges, seconds)] += 1
            times.total += seconds

    def __iter__(self) -> Iterator[FieldTime]:
        """Yield all times; they go on counting."""
        for known in self._by_operation.values():
            yield from known.values()

    def collect(self) -> Iterator[Metric]:
        """Yield the family as it stands."""
        yield from histogram(catalogue.FIELD_SECONDS, (((one.operation, one.path), one.seconds) for one in self))

    def _meet(self, operation: str, path: str, coordinate: str, *, registered: bool) -> FieldTime:
        known, held = self._by_operation[operation], self._held
        is_full = sum(held.values()) >= MOST_PATHS or (not registered and held[False] >= MOST_FOUND_PATHS)
        if is_full or len(known) >= MOST_OF_ONE:
            path = coordinate = OTHER
        found = known.get(path)
        if found is None:
            found = known[path] = FieldTime(operation, path, coordinate, self.edges)
            held[registered] += 1
        return found
