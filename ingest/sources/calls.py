"""What calls of external APIs cost: counted and timed for Prometheus, and told in the log, one by one and in sum."""

from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from math import ceil

import structlog

from ingest.sources.call_traces import CallTraces
from ingest.sources.polling import Outcome
from ops.log_fields import EXTERNAL_CALL
from ops.logs import tell
from ops.metrics import Metrics

_KEPT = 10_000  # durations per API between two reports
_log = structlog.get_logger()


@dataclass(slots=True)
class _Tally:
    errors: int = 0
    count: int = 0
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))


class Calls:
    """Notes each call; `report` logs what came since the last report: count, errors, p85, and whether that is good."""

    def __init__(self, metrics: Metrics, traces: CallTraces | None = None) -> None:
        self.traces = traces or CallTraces()
        self._metrics = metrics
        self._objective = metrics.budgets.objective("external_calls")
        self._tallies: dict[str, _Tally] = {}

    def note(self, api: str, status: int | str, seconds: float) -> None:
        """Count a call, and leave a line of it: its HTTP status, or a word for why no answer came."""
        self._metrics.external_requests.labels(api, str(status)).inc()
        self._metrics.external_seconds.labels(api).observe(seconds)
        tally = self._tallies.setdefault(api, _Tally())
        tally.count += 1
        tally.errors += isinstance(status, str) or status >= 400  # noqa: PLR2004  where HTTP's errors begin
        tally.seconds.append(seconds)
        answer: dict[str, object] = {"status": status} if isinstance(status, int) else {"failure": status}
        tell(__name__, EXTERNAL_CALL, {"api": api, **answer, "milliseconds": round(seconds * 1_000, 3)})

    def note_poll(self, outcome: Outcome) -> None:
        """Count a poll that failed, by the kind of failure."""
        if outcome.problem is not None:
            self._metrics.errors.add(outcome.kind, outcome.component)

    def leading(self, lease: str) -> AbstractContextManager[object]:
        """Show, while a block runs, that this process reads a source."""
        return self._metrics.leases_held.labels(lease).track_inprogress()

    def report(self) -> None:
        """Log one line per API that was called since the last report."""
        for api, tally in sorted(self._tallies.items()):
            slow = percentile(tally.seconds, self._objective.share)
            _log.info(
                "external_api_calls",
                api=api,
                calls=tally.count,
                errors=tally.errors,
                p85_ms=round(slow * 1_000, 1),
                budget_ms=round(self._objective.seconds * 1_000),
                budget_kept="yes" if slow <= self._objective.seconds else "no",
            )
        self._tallies.clear()


def percentile(values: deque[float], share: float) -> float:
    """Return the smallest value that at least that share of the values does not exceed (nearest rank)."""
    return sorted(values)[ceil(share * len(values)) - 1]
