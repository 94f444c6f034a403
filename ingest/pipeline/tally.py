"""What one process has done, for its log and for Prometheus."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import structlog

from ops.metrics import Metrics

REPORT_SECONDS: Final = 60.0
_log = structlog.get_logger()


class Tally:
    """Counts since the last report; the metrics count from the start of the process."""

    def __init__(self, metrics: Metrics) -> None:
        self._counts: Counter[str] = Counter()
        self._metrics = metrics

    def add(self, **counts: int) -> None:
        """Count some more."""
        self._counts.update(counts)

    def add_stored(self, data_type: str, sources: Iterable[str]) -> None:
        """Count stored items of a kind, as `post` or `quote`, by where they come from."""
        for source, number in Counter(sources).items():
            self._metrics.data_processed.labels(data_type, source).inc(number)

    def add_dead_letter(self) -> None:
        """Count an entry that could not be stored."""
        self.add(dead_letters=1)
        self._metrics.errors.add("DEAD_LETTER", "intake")

    def report(self) -> None:
        """Log what was done since the last report, if anything was."""
        done = {name: number for name, number in self._counts.items() if number}
        if done:
            _log.info("intake_progress", **done)
        self._counts.clear()
