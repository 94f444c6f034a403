"""The times of field paths over the last hour, for `insitechart budget report`.

The metrics count since the process began, and requests pay nothing more for an hour: once a minute what they count is
copied, and the hour is what they gained since the oldest copy.
"""

import asyncio
from array import array
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Annotated, Final

import structlog
from msgspec import Meta, Struct

from ops.budgets import Budgets, Stage
from ops.budgets.field_lines import FieldLine, field_line
from ops.metrics.fields import FieldTimes

INTERVAL: Final = 60.0
"""Seconds from one copy to the next."""
COPIES: Final = 60

_Instant = Annotated[datetime, Meta(tz=True)]
_Counts = Mapping[tuple[str, str], "array[int]"]
log = structlog.get_logger()


class Recent(Struct, frozen=True):
    """What was seen from `since` on, both in UTC; the objectives' `stage` is that of this process."""

    stage: Stage
    since: _Instant
    until: _Instant
    fields: list[FieldLine]


class RecentFields:
    """Copies the counts of fields, and tells what they gained. `own_seconds` are budgets by coordinate."""

    def __init__(self, times: FieldTimes, budgets: Budgets, own_seconds: Mapping[str, float]) -> None:
        self._times = times
        self._budgets = budgets
        self._own = own_seconds
        self._copies: deque[tuple[float, _Counts]] = deque([(monotonic(), {})], maxlen=COPIES)

    def copy(self) -> None:
        """Copy the counts as they stand; those that did not change since the last copy are shared with it."""
        _, last = self._copies[-1]
        now: dict[tuple[str, str], array[int]] = {}
        for time in self._times:
            key = time.operation, time.path
            counts = array("Q", time.seconds.counts)
            now[key] = last[key] if last.get(key) == counts else counts
        self._copies.append((monotonic(), now))

    def recent(self) -> Recent:
        """Return the times of all paths that were resolved since the oldest copy."""
        at, before = self._copies[0]
        lines = []
        for time in self._times:
            earlier = before.get((time.operation, time.path))
            seen = time.seconds.counts
            counts = tuple(seen) if earlier is None else tuple(map(int.__sub__, seen, earlier))
            if any(counts):
                lines.append(
                    field_line(
                        time.operation,
                        time.path,
                        time.coordinate,
                        tuple(time.seconds.edges),
                        counts,
                        self._own.get(time.coordinate),
                        self._budgets.operation_seconds(time.operation),
                    )
                )
        until = datetime.now(UTC)
        since = until - timedelta(seconds=monotonic() - at)  # a clock that was set meanwhile makes it no longer
        return Recent(self._budgets.stage, since, until, lines)


@asynccontextmanager
async def copying(fields: RecentFields, seconds: float = INTERVAL) -> AsyncGenerator[None, None]:
    """Copy at intervals within the block."""
    task = asyncio.create_task(_copy(fields, seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _copy(fields: RecentFields, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            fields.copy()
        except Exception:
            log.exception("fields_not_copied")
