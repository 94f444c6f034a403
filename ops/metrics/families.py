"""Metrics with labels whose sets are bounded, as prometheus_client's collectors.

A family holds at most so many label sets. What comes after them is counted under "other", so that a flood of names
costs neither memory nor the scrape, and no total is ever wrong.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client.core import CounterMetricFamily, Exemplar, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ops.metrics.catalogue import Declared
from ops.metrics.distribution import Distribution

OTHER: Final = "other"
MOST: Final = 200
"""Label sets of a family, unless it says otherwise."""

AT_ONCE: Final = 10
"""Label sets of a histogram, of some twenty samples each, that are made at a time."""

Labels = tuple[str, ...]


class Counts(Collector):
    """A counter. Label values at the places in `open_places` come from outside; those are what "other" stands for."""

    def __init__(self, declared: Declared, most: int = MOST, open_places: Collection[int] = (0,)) -> None:
        self._declared = declared
        self._most = most
        self._open = frozenset(open_places)
        self.values: dict[Labels, float] = {}

    def add(self, *labels: str, by: float = 1) -> None:
        """Count up."""
        values = self.values
        if labels in values:
            values[labels] += by
            return
        if len(values) >= self._most:
            labels = rest(labels, self._open)
        values[labels] = values.get(labels, 0) + by

    def collect(self) -> Iterator[Metric]:
        """Yield the family as it stands."""
        yield counter(self._declared, self.values.items())


class Distributions(Collector):
    """A histogram. Places are as in `Counts`; `of` is asked once per label set by whoever observes often."""

    def __init__(
        self, declared: Declared, edges: Sequence[float], most: int = MOST, open_places: Collection[int] = (0,)
    ) -> None:
        self._declared = declared
        self.edges = tuple(edges)
        self._most = most
        self._open = frozenset(open_places)
        self.values: dict[Labels, Distribution] = {}

    def of(self, *labels: str) -> Distribution:
        """Return the distribution of a label set, or of those that there is no room for."""
        found = self.values.get(labels)
        if found is None:
            if len(self.values) >= self._most:
                labels = rest(labels, self._open)
            found = self.values.setdefault(labels, Distribution(self.edges))
        return found

    def observe(self, label: str, value: float) -> None:
        """Count a value under a family's only label: `of` and `Distribution.observe` in one call, for what is often."""
        found = self.values.get((label,)) or self.of(label)
        found.counts[bisect_left(found.edges, value)] += 1
        found.total += value

    def collect(self) -> Iterator[Metric]:
        """Yield the family as it stands."""
        yield from histogram(self._declared, self.values.items())


def rest(labels: Labels, open_places: Collection[int]) -> Labels:
    """Return the label set in which those are counted that there is no room for."""
    return tuple(OTHER if place in open_places else label for place, label in enumerate(labels))


def counter(declared: Declared, values: Iterable[tuple[Labels, float]]) -> CounterMetricFamily:
    """Return a counter's family with its values by labels."""
    family = CounterMetricFamily(declared.name, declared.help, labels=declared.labels, unit=declared.unit)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def histogram(declared: Declared, values: Iterable[tuple[Labels, Distribution]]) -> Iterator[HistogramMetricFamily]:
    """Yield a histogram's family with its distributions by labels, a few of them at a time.

    All of several hundred label sets at once would take tens of milliseconds; whoever writes them down knows that
    families of one name that follow each other are one.
    """
    left = list(values)
    for start in range(0, max(1, len(left)), AT_ONCE):
        family = HistogramMetricFamily(declared.name, declared.help, labels=declared.labels, unit=declared.unit)
        for labels, one in left[start : start + AT_ONCE]:
            _add(family, labels, one)
        yield family


def _add(family: HistogramMetricFamily, labels: Labels, one: Distribution) -> None:
    bounds = [*map(floatToGoString, one.edges), "+Inf"]
    buckets: list[tuple[str, float] | tuple[str, float, Exemplar]] = []
    for place, (bound, seen) in enumerate(zip(bounds, accumulate(one.counts), strict=True)):
        traced = one.traced.get(place)
        if traced is None:
            buckets.append((bound, seen))
        else:
            exemplar = Exemplar({"trace_id": f"{traced.trace_id:032x}"}, traced.value, traced.at)
            buckets.append((bound, seen, exemplar))
    family.add_metric(labels, buckets, one.total)
