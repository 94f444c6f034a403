"""What one process has done, for its log."""

from collections import Counter
from typing import Final

import structlog

REPORT_SECONDS: Final = 60.0
_log = structlog.get_logger()


class Tally:
    """Counts since the last report."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, **counts: int) -> None:
        """Count some more."""
        self._counts.update(counts)

    def report(self) -> None:
        """Log what was done since the last report, if anything was."""
        done = {name: number for name, number in self._counts.items() if number}
        if done:
            _log.info("intake_progress", **done)
        self._counts.clear()
