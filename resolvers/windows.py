"""The window that an aggregate covers, stated in every answer."""

from datetime import datetime
from typing import Self

import strawberry

from storage.rows import Window as WindowRow
from storage.terms import Timeframe


@strawberry.type(description="The half-open span of time that an aggregate covers.")
class Window:
    """[from, to)."""

    start: datetime = strawberry.field(name="from", description="The start, included.")
    end: datetime = strawberry.field(name="to", description="The end, excluded.")

    @classmethod
    def of(cls, row: WindowRow) -> Self:
        """Publish a window."""
        return cls(start=row.start, end=row.end)


def back_from(now: datetime, timeframe: Timeframe) -> WindowRow:
    """Return [now - timeframe, now)."""
    return WindowRow(now - timeframe.length, now)
