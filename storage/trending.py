"""Trending snapshots: computed on demand by one process at a time, stored, and shared by all.

Growth is mentions against the window before, minus 1, and null where that had none. The z-score compares mentions with
the up to 7 windows of the same length before; it is null with fewer than 4 since the symbol's first mention, and
where they are all alike. Ranks go by mentions, then symbol.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import asyncpg

from storage.rows import SnapshotRow, TrendingEntryRow, Window
from storage.session import Session
from storage.terms import Timeframe
from storage.trending_statements import COMPUTE, NEWEST, PRUNE
from storage.windows import RAW, spans

FEWEST_WINDOWS = 4
MOST_WINDOWS = 7
KEPT = 8
_READ = MOST_WINDOWS + 1
_LOCKS = {timeframe: 0x1A51_0100 + number for number, timeframe in enumerate(Timeframe)}
_EVER = datetime(1, 1, 2, tzinfo=UTC)


class _Fetches(Protocol):
    async def fetch(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]: ...


async def snapshot(session: Session, timeframe: Timeframe, now: datetime, interval_seconds: int) -> SnapshotRow | None:
    """Return the newest snapshot if its window ends less than an interval from `now`, or else have one computed.

    While another process computes, the newest older one is served; where there is none, this waits for it. A process
    whose clock runs ahead by more than an interval keeps to snapshots of its own, and nobody else is served them.
    """
    interval = timedelta(seconds=interval_seconds)
    fresh = Window(now - interval, now + interval)
    return await _newest(session, timeframe, fresh) or await _computed(session, timeframe, now, fresh)


async def store(session: Session, timeframe: Timeframe, instant: datetime) -> SnapshotRow | None:
    """Compute and store the snapshot whose window ends at `instant`, unless it is stored already; return it."""
    this = Window(instant - timedelta(microseconds=1), instant)
    async with session.transaction() as transaction:
        await transaction.execute("trending_wait", "SELECT pg_advisory_xact_lock($1)", _LOCKS[timeframe])
        return await _newest(transaction, timeframe, this) or await _compute(transaction, timeframe, instant)


async def _computed(session: Session, timeframe: Timeframe, now: datetime, fresh: Window) -> SnapshotRow | None:
    async with session.transaction() as transaction:
        taken = "SELECT pg_try_advisory_xact_lock($1) AS taken"
        rows = await transaction.fetch("trending_lock", taken, _LOCKS[timeframe])
        if rows[0]["taken"]:
            return await _newest(transaction, timeframe, fresh) or await _compute(transaction, timeframe, now)
    older = await _newest(session, timeframe, Window(_EVER, fresh.end))
    if older is not None:
        return older
    async with session.transaction() as transaction:
        await transaction.execute("trending_wait", "SELECT pg_advisory_xact_lock($1)", _LOCKS[timeframe])
        return await _newest(transaction, timeframe, fresh) or await _compute(transaction, timeframe, now)


async def _compute(transaction: _Fetches, timeframe: Timeframe, now: datetime) -> SnapshotRow | None:
    """Compute, store and return the snapshot whose window ends at `now`; the caller holds the timeframe's lock."""
    windows = [Window(now - timeframe.length * (place + 1), now - timeframe.length * place) for place in range(_READ)]
    await transaction.fetch(
        "trending_compute",
        COMPUTE,
        timeframe.value,
        windows[0].start,
        windows[0].end,
        FEWEST_WINDOWS,
        MOST_WINDOWS,
        *_span_arguments(windows),
    )
    await transaction.fetch("trending_prune", PRUNE, timeframe.value, KEPT)
    return await _newest(transaction, timeframe, Window(now - timedelta(microseconds=1), now))


async def _newest(source: _Fetches, timeframe: Timeframe, ends: Window) -> SnapshotRow | None:
    """Read the newest snapshot whose window ends after the start of `ends` and not after its end."""
    rows = await source.fetch("trending_newest", NEWEST, timeframe.value, ends.start, ends.end)
    if not rows:
        return None
    return SnapshotRow(
        timeframe=timeframe,
        window=Window(rows[0]["window_from"], rows[0]["window_to"]),
        computed_at=rows[0]["computed_at"],
        entries=tuple(
            TrendingEntryRow(
                symbol=row["symbol"],
                mention_count=row["mention_count"],
                previous_mention_count=row["previous_mention_count"],
                score_sum=row["score_sum"],
                growth=row["growth"],
                z_score=row["z_score"],
                previous_rank=row["previous_rank"],
            )
            for row in rows
            if row["symbol"] is not None
        ),
    )


def _span_arguments(windows: Sequence[Window]) -> tuple[list[object], ...]:
    pieces = [(place, span) for place, window in enumerate(windows) for span in spans(window)]
    rolled = [(place, span) for place, span in pieces if span.width != RAW]
    edges = [(place, span) for place, span in pieces if span.width == RAW]
    return (
        [place for place, _ in rolled],
        [span.width for _, span in rolled],
        [span.start for _, span in rolled],
        [span.end for _, span in rolled],
        [place for place, _ in edges],
        [span.start for _, span in edges],
        [span.end for _, span in edges],
    )
