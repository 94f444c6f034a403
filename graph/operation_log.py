"""The one log line of an operation: what it was, how long it took, how it ended; never its variables."""

from time import perf_counter

from ops.logs import tell
from ops.metrics import Metrics

_MOST_CHARACTERS = 100


class OperationLog:
    """Starts the clock when made, or at `started` of the performance counter; `write` logs and counts."""

    __slots__ = ("_kind", "_metrics", "_name", "_request_id", "_started")

    def __init__(
        self, metrics: Metrics, request_id: str, kind: str, name: str | None, started: float | None = None
    ) -> None:
        self._metrics = metrics
        self._request_id = request_id
        self._kind = kind
        self._name = name[:_MOST_CHARACTERS] if name else None
        self._started = perf_counter() if started is None else started

    def write(self, status: int, **facts: object) -> None:
        """Log the end under an HTTP status (also over WebSockets), with counts and codes beside it."""
        self._metrics.operation(self._kind, str(status)).inc()
        line = {
            "id": self._request_id,
            "name": self._name,
            "kind": self._kind,
            "milliseconds": round((perf_counter() - self._started) * 1_000, 3),
            "status": status,
        }
        tell(__name__, "operation", line | facts)
