"""Trending snapshots: computed by one process at a time, stored, and shared by all who read.

Jobs store one per timeframe and interval; readers compute only where that has stopped. Growth is mentions against the
window before, minus 1, and null where that had none. The z-score compares mentions with a stock's baseline
(storage/trending_windows.py): (mentions - mean) / deviation, of a sample, which is taken to be no less than Poisson's,
the root of the mean, and 1. Ranks go by mentions, then symbol. All counts are discounted (storage/counting.py).
"""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from storage.buckets import floor
from storage.cache import tags
from storage.counting import Fetches, count_hours
from storage.rows import SnapshotRow, TrendingEntryRow, Window
from storage.session import Session, Transaction
from storage.terms import BucketSize, Timeframe
from storage.trending_statements import COMPUTE, NEWEST, PRUNE
from storage.trending_windows import FEWEST, windows_of

KEPT = 8
INTERVALS_SERVED = 3
"""A reader computes when the newest snapshot is older than this many intervals: two runs of the job have failed."""
RECENT = timedelta(hours=48)
"""Hours that are looked through again before each snapshot, if they changed; older ones have a job of their own."""

_LOCKS = {timeframe: 0x1A51_0100 + number for number, timeframe in enumerate(Timeframe)}
_EVER = datetime(1, 1, 2, tzinfo=UTC)
_LOOK_SECONDS = 0.2


def fresh(now: datetime, interval_seconds: int) -> Window:
    """Return between which instants the window of a snapshot that is served at `now` may end.

    One that ends more than an interval ahead is none: a clock of its maker's ran ahead.
    """
    interval = timedelta(seconds=interval_seconds)
    return Window(now - INTERVALS_SERVED * interval, now + interval)


async def snapshot(session: Session, timeframe: Timeframe, now: datetime, interval_seconds: int) -> SnapshotRow:
    """Return the newest snapshot if its window ends less than three intervals before `now`, or else compute one.

    While another process computes, the newest older one is served; where there is none, this waits for it without a
    connection.
    """
    ends = fresh(now, interval_seconds)
    found = await _newest(session, timeframe, ends)
    while found is None:
        found = await _computed(session, timeframe, now, ends)
        if found is None:
            found = await _newest(session, timeframe, Window(_EVER, ends.end))
        if found is None:
            left = session.deadline.remaining()
            await asyncio.sleep(min(left, _LOOK_SECONDS * random.uniform(0.5, 1.0)))  # noqa: S311 - jitter, no secret
    return found


async def store(session: Session, timeframe: Timeframe, instant: datetime) -> SnapshotRow:
    """Compute and store the snapshot whose window ends at `instant`, unless it is stored already; return it.

    The session's deadline bounds each statement too, whatever the server's own limit is.
    """
    async with session.transaction() as transaction:
        await transaction.allow_deadline()
        await transaction.execute("trending_lock", "SELECT pg_advisory_xact_lock($1)", _LOCKS[timeframe])
        stored = await _newest(transaction, timeframe, ending_at(instant))
        found = stored or await _compute(transaction, timeframe, instant)
    await session.database.telling.tell({tags.trending(timeframe)})
    return found


async def _computed(session: Session, timeframe: Timeframe, now: datetime, ends: Window) -> SnapshotRow | None:
    """Compute, unless somebody else does: None then."""
    async with session.transaction() as transaction:
        taken = "SELECT pg_try_advisory_xact_lock($1) AS taken"
        rows = await transaction.fetch("trending_try", taken, _LOCKS[timeframe])
        if not rows[0]["taken"]:
            return None
        found = await _newest(transaction, timeframe, ends) or await _compute(transaction, timeframe, now)
    await session.database.telling.tell({tags.trending(timeframe)})
    return found


async def _compute(transaction: Transaction, timeframe: Timeframe, now: datetime) -> SnapshotRow:
    """Compute, store and return the snapshot whose window ends at `now`; the caller holds the timeframe's lock."""
    hour = floor(now, BucketSize.HOUR)
    await count_hours(transaction, Window(hour - RECENT, hour))
    windows = windows_of(timeframe, now)
    this = windows.all[0]
    await transaction.fetch(
        "trending_compute", COMPUTE, timeframe.value, this.start, this.end, FEWEST, *windows.arguments
    )
    await transaction.fetch("trending_prune", PRUNE, timeframe.value, KEPT)
    stored = await _newest(transaction, timeframe, ending_at(now))
    if stored is None:
        raise RuntimeError("a snapshot that was just stored is not there")
    return stored


async def _newest(source: Fetches, timeframe: Timeframe, ends: Window) -> SnapshotRow | None:
    """Read the newest snapshot whose window ends after the start of `ends` and not after its end."""
    rows = await source.fetch("trending_newest", NEWEST, timeframe.value, ends.start, ends.end)
    if not rows:
        return None
    start, end, computed_at, *columns = rows[0]
    entries = () if columns[0] is None else tuple(map(TrendingEntryRow, *columns))
    return SnapshotRow(timeframe, Window(start, end), computed_at, entries)


def ending_at(instant: datetime) -> Window:
    """Return the bounds that only a window which ends at `instant` meets."""
    return Window(instant - timedelta(microseconds=1), instant)
