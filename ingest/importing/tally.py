"""The account of an import: every row read ends in exactly one of its counts."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.importing.faults import Rejection
from ingest.importing.kinds import Written


class StoppedAtFirst(Exception):
    """A strict import met a bad row; what stood before it is written."""


@dataclass(slots=True)
class Tally:
    """Counts rows; `on_rejection` hears of each rejected row, of skipped ones only the number is kept.

    Where a row stands twice within a batch, the earlier one counts as the table would have seen it: unchanged when the
    later one repeats it, updated when the later one differs.
    """

    on_rejection: Callable[[Rejection], None] = lambda _: None
    strict: bool = False
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def reject(self, rejection: Rejection) -> None:
        """Count a row as rejected, and tell; a strict import ends here with StoppedAtFirst."""
        self.rejected[rejection.reason] += 1
        self.on_rejection(rejection)
        if self.strict:
            raise StoppedAtFirst

    def add(self, written: Written) -> None:
        """Count the rows of one write."""
        self.inserted += written.inserted
        self.updated += written.updated
        self.unchanged += written.unchanged
        self.skipped.update(written.skipped)

    def finish(self) -> None:
        """Stop the clock."""
        self.seconds = time.monotonic() - self.started

    @property
    def accounted(self) -> int:
        """The sum of all outcomes; equal to `read` at the end of an import."""
        outcomes = self.inserted + self.updated + self.unchanged
        return outcomes + self.rejected.total() + self.skipped.total()

    @property
    def rows_per_second(self) -> float:
        """Rows read per second of the whole import."""
        return self.read / self.seconds if self.seconds else 0.0
