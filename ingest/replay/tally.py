"""The account of a replay: every line read ends in exactly one of its counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ingest.importing.faults import Rejection


class StoppedAtFirst(Exception):
    """A strict replay met a bad line; what stood before it was played."""


@dataclass(slots=True)
class Tally:
    """Counts lines as they are read; `on_rejection` hears of each that was passed over.

    `before` were covered by the checkpoint, `items` are to be played, of which `published` have entered the stream;
    `at` is the last one's place on the feed's clock.
    """

    on_rejection: Callable[[Rejection], None] = lambda _: None
    strict: bool = False
    before: int = 0
    blank: int = 0
    items: int = 0
    rejected: int = 0
    published: int = 0
    at: datetime | None = None

    @property
    def lines(self) -> int:
        """Lines read; equal to the number of lines of the file at the end of a replay."""
        return self.before + self.blank + self.items + self.rejected

    def reject(self, rejection: Rejection) -> None:
        """Count a line as rejected, and tell; a strict replay ends here with StoppedAtFirst."""
        self.rejected += 1
        self.on_rejection(rejection)
        if self.strict:
            raise StoppedAtFirst

    def played(self, items: int, at: datetime) -> None:
        """Count items as published."""
        self.published += items
        self.at = at
