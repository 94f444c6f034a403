"""The window that an aggregate covers, stated in every answer."""

from datetime import datetime

import strawberry

from storage.rows import Window as WindowRow
from storage.terms import Timeframe


@strawberry.type(description="The half-open span of time that an aggregate covers.")
class Window:
    """Reads a window of storage: [from, to)."""

    start: datetime = strawberry.field(name="from", description="The start, included.")
    end: datetime = strawberry.field(name="to", description="The end, excluded.")


def back_from(now: datetime, timeframe: Timeframe) -> WindowRow:
    """Return [now - timeframe, now)."""
    return WindowRow(now - timeframe.length, now)
