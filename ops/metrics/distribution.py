"""Counts of one histogram's observations: a third of a microsecond each, for a single thread.

prometheus_client's own histograms take two locks, a search in Python and an object per bucket for each observation. On
the event loop nobody else writes: a list of numbers and one bisection do.
"""

from bisect import bisect_left
from collections.abc import Sequence
from time import time
from typing import NamedTuple


class Traced(NamedTuple):
    """An observation whose trace was kept: the trace's id, the value, and when, in seconds since 1970."""

    trace_id: int
    value: float
    at: float


class Distribution:
    """Observations by bucket. `edges` ascend, and are upper bounds of buckets, which they belong to; one more is open.

    `counts` are those of each bucket alone. `traced` has the last observation of each bucket whose trace was kept.
    """

    __slots__ = ("counts", "edges", "total", "traced")

    def __init__(self, edges: Sequence[float]) -> None:
        self.edges = edges
        self.counts = [0] * (len(edges) + 1)
        self.total = 0.0
        self.traced: dict[int, Traced] = {}

    def observe(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.edges, value)] += 1
        self.total += value

    def observe_traced(self, value: float, trace_id: int) -> None:
        """Count a value, and name the trace that shows where it comes from."""
        self.observe(value)
        self.traced[bisect_left(self.edges, value)] = Traced(trace_id, value, time())

    @property
    def count(self) -> int:
        """How many values were counted."""
        return sum(self.counts)


class KeptTrace:
    """The last operation whose trace was kept: its request's id, and the trace's. The request's answer comes next.

    `fresh` says that a trace was just kept, of the operation that is about to be observed.
    """

    __slots__ = ("fresh", "request_id", "trace_id")

    def __init__(self) -> None:
        self.fresh = False
        self.request_id = ""
        self.trace_id = 0
