"""The metrics of HTTP: every answer by method, endpoint and true status, whoever gave it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from ops.metrics import catalogue
from ops.metrics.distribution import Distribution, KeptTrace
from ops.metrics.families import OTHER, counter, histogram

METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
"""Methods that are shown by name."""
CLIENT_LEFT: Final = 499
"""The status, in nginx's tradition, of a request whose client left before the answer."""


class RequestTimes:
    """The answers of one method and endpoint."""

    __slots__ = ("_kept", "endpoint", "method", "seconds", "statuses")

    def __init__(self, method: str, endpoint: str, edges: Sequence[float], kept: KeptTrace) -> None:
        self.method = method
        self.endpoint = endpoint
        self.seconds = Distribution(edges)
        self.statuses: dict[int, int] = {}
        self._kept = kept

    def note(self, status: int, seconds: float, request_id: str = "") -> None:
        """Count an answer; the id of its request leads to the trace of its operation, where that was kept."""
        statuses = self.statuses
        statuses[status] = statuses.get(status, 0) + 1
        kept = self._kept
        if kept.trace_id and kept.request_id == request_id:
            self.seconds.observe_traced(seconds, kept.trace_id)
        else:
            times = (
                self.seconds
            )  # as its `observe` does: kept answers come by here, and a call is a tenth of a microsecond
            times.counts[bisect_left(times.edges, seconds)] += 1
            times.total += seconds


class Requests(Collector):
    """Answers by method and endpoint. Endpoints are templates of routes, which their caller knows to be few."""

    def __init__(self, edges: Sequence[float], kept: KeptTrace) -> None:
        self._edges = tuple(edges)
        self._kept = kept
        self._times: dict[tuple[str, str], RequestTimes] = {}

    def of(self, method: str, endpoint: str = OTHER) -> RequestTimes:
        """Return the times of a method, of any text, and an endpoint."""
        key = (method if method in METHODS else OTHER, endpoint)
        found = self._times.get(key)
        if found is None:
            found = self._times[key] = RequestTimes(*key, self._edges, self._kept)
        return found

    def collect(self) -> Iterator[Metric]:
        """Yield the families as they stand."""
        times = self._times.values()
        yield counter(
            catalogue.REQUESTS,
            (
                ((one.method, one.endpoint, str(status)), count)
                for one in times
                for status, count in one.statuses.items()
            ),
        )
        yield from histogram(catalogue.REQUEST_SECONDS, (((one.method, one.endpoint), one.seconds) for one in times))
