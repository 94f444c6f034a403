"""The metrics of loaders' batches: how long, how many keys, and how often these had been asked for."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client.core import Metric

from ops.metrics import catalogue
from ops.metrics.distribution import Distribution
from ops.metrics.families import counter, histogram
from ops.operation_record import BatchRecord

KEY_EDGES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 10_000.0)
"""Upper bounds of the buckets that count the keys of batches."""


class LoaderTimes:
    """The batches of one loader."""

    __slots__ = ("asked", "keys", "seconds")

    def __init__(self, edges: Sequence[float]) -> None:
        self.seconds = Distribution(edges)
        self.keys = Distribution(KEY_EDGES)
        self.asked = 0


class LoadingTimes:
    """Batches by loader; loaders are classes of ours, so that nothing has to bound their names."""

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges = tuple(edges)
        self._loaders: dict[str, LoaderTimes] = {}

    def observe(self, batches: Sequence[BatchRecord]) -> None:
        """Count the batches of one operation."""
        for batch in batches:
            times = self._loaders.get(batch.loader)
            if times is None:
                times = self._loaders[batch.loader] = LoaderTimes(self._edges)
            lengths, keys = times.seconds, times.keys  # as their `observe` does: an operation has several batches
            seconds, count = batch.seconds, batch.keys
            lengths.counts[bisect_left(lengths.edges, seconds)] += 1
            lengths.total += seconds
            keys.counts[bisect_left(keys.edges, count)] += 1
            keys.total += count
            times.asked += batch.asked

    def collect(self) -> Iterator[Metric]:
        """Yield the families as they stand."""
        loaders = [((name,), times) for name, times in self._loaders.items()]
        yield from histogram(catalogue.BATCH_SECONDS, ((labels, times.seconds) for labels, times in loaders))
        yield from histogram(catalogue.BATCH_KEYS, ((labels, times.keys) for labels, times in loaders))
        yield counter(catalogue.KEYS_ASKED, ((labels, times.asked) for labels, times in loaders))
        yield counter(catalogue.KEYS_LOADED, ((labels, times.keys.total) for labels, times in loaders))
