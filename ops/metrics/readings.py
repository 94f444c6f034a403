"""Metrics that are read from what a process has, at each scrape: nothing is counted twice, and nothing goes stale."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ops.metrics.catalogue import Declared
from ops.metrics.families import Labels, counter

Read = Callable[[], Iterable[tuple[Labels, float]]]
"""Returns the values as they are now, by labels; it takes microseconds, and raises nothing."""


class Readings(Collector):
    """Reads what is open now: before it is opened, and once it is closed, there is nothing to tell."""

    def __init__(self) -> None:
        self._open: dict[Declared, Read] = {}

    @contextmanager
    def shown(self, readings: Mapping[Declared, Read]) -> Iterator[None]:
        """Show metrics while the block runs."""
        self._open.update(readings)
        try:
            yield
        finally:
            for declared in readings:
                self._open.pop(declared, None)

    def collect(self) -> Iterator[Metric]:
        """Yield the families as they stand."""
        for declared, read in tuple(self._open.items()):
            if declared.type == "counter":
                yield counter(declared, read())
            else:
                family = GaugeMetricFamily(declared.name, declared.help, labels=declared.labels, unit=declared.unit)
                for labels, value in read():
                    family.add_metric(labels, value)
                yield family


def one(value: Callable[[], float]) -> Read:
    """Return what reads a metric without labels."""
    return lambda: (((), value()),)


def several(values: Callable[[], Mapping[str, float]]) -> Read:
    """Return what reads a metric with one label."""
    return lambda: [((label,), value) for label, value in values().items()]
