"""Trending snapshots equal brute force, are computed once, shared, and replaced when they are old."""

import asyncio
import statistics
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import days, trending
from storage.database import Database
from storage.deadline import Deadline
from storage.rows import SnapshotRow, TrendingEntryRow, Window
from storage.session import Session
from storage.terms import Timeframe
from tests.storage.histories import NOW, SYMBOLS, World, histories, live

examples = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def expected(world: World, timeframe: Timeframe) -> dict[str, tuple[int, int, int, float | None, float | None]]:
    """Counts, previous counts, score sums, growth and z-scores by brute force."""
    made = {}
    for symbol in SYMBOLS:
        times = [at for of, _, at, _ in world.mentions() if of == symbol]
        windows = [
            Window(NOW - timeframe.length * (place + 1), NOW - timeframe.length * place)
            for place in range(trending.MOST_WINDOWS + 1)
        ]
        counts = [sum(window.start <= at < window.end for at in times) for window in windows]
        if not counts[0]:
            continue
        inside = [said for of, _, at, said in world.mentions() if of == symbol and windows[0].start <= at < NOW]
        earlier = [count for count, window in zip(counts[1:], windows[1:], strict=True) if min(times) <= window.start]
        z_score = None
        if len(earlier) >= trending.FEWEST_WINDOWS and statistics.stdev(earlier):
            z_score = (counts[0] - statistics.mean(earlier)) / statistics.stdev(earlier)
        growth = counts[0] / counts[1] - 1 if counts[1] else None
        made[symbol] = (counts[0], counts[1], sum(said.score for said in inside), growth, z_score)
    return made


@given(history=histories, timeframe=st.sampled_from(Timeframe))
@examples
async def test_snapshot_equals_brute_force(database: Database, history: list[Any], timeframe: Timeframe) -> None:
    """Counts, growth and z-scores of every symbol mentioned, most mentions first."""
    world = await live(database, history)
    found = await trending.snapshot(Session(database, Deadline.after(10)), timeframe, NOW, 60)
    assert found is not None
    assert found.window == Window(NOW - timeframe.length, NOW)
    by_symbol = expected(world, timeframe)
    assert [entry.symbol for entry in found.entries] == sorted(by_symbol, key=lambda each: (-by_symbol[each][0], each))
    for entry in found.entries:
        count, previous, score_sum, growth, z_score = by_symbol[entry.symbol]
        assert (entry.mention_count, entry.previous_mention_count, entry.score_sum) == (count, previous, score_sum)
        assert _close(entry, lambda one: one.growth, growth)
        assert _close(entry, lambda one: one.z_score, z_score)


async def test_one_computes_and_all_share(database: Database) -> None:
    """Twenty ask at once where there is none yet: one snapshot is stored, and all get it."""
    await live(database, [])
    found = await asyncio.gather(
        *(trending.snapshot(Session(database, Deadline.after(10)), Timeframe.DAY, NOW, 60) for _ in range(20))
    )
    assert len({one and one.computed_at for one in found}) == 1
    assert await _stored(database) == 1


async def test_an_older_snapshot_is_served_while_another_computes(database: Database) -> None:
    """Nobody waits for a computation as long as there is something to show; afterwards there is a new one."""
    await live(database, [])
    session = Session(database, Deadline.after(10))
    old = await trending.snapshot(session, Timeframe.DAY, NOW, 60)
    assert old is not None
    async with session.transaction() as other:
        await other.fetch("lock", "SELECT pg_advisory_xact_lock($1)", trending._LOCKS[Timeframe.DAY])
        assert await trending.snapshot(session, Timeframe.DAY, NOW + timedelta(seconds=60), 60) == old
    new = await trending.snapshot(session, Timeframe.DAY, NOW + timedelta(seconds=60), 60)
    assert isinstance(new, SnapshotRow)
    assert new.window.end == NOW + timedelta(seconds=60)


async def test_old_snapshots_go(database: Database) -> None:
    """Only the newest few are kept, of each timeframe."""
    await live(database, [])
    session = Session(database, Deadline.after(20))
    for minute in range(trending.KEPT + 4):
        await trending.snapshot(session, Timeframe.HOUR, NOW + timedelta(minutes=minute), 60)
    await trending.snapshot(session, Timeframe.WEEK, NOW, 60)
    assert await _stored(database) == trending.KEPT + 1


async def test_a_clock_that_runs_ahead_misleads_nobody_else(database: Database) -> None:
    """Snapshots of an hour ahead serve whoever made them; others compute, keep and share their own meanwhile."""
    await live(database, [])
    session = Session(database, Deadline.after(20))
    ahead = NOW + timedelta(hours=1)
    for minute in range(trending.KEPT + 1):
        await trending.snapshot(session, Timeframe.DAY, ahead + timedelta(minutes=minute), 60)
    own = await trending.snapshot(session, Timeframe.DAY, NOW, 60)
    assert own is not None
    assert own.window.end == NOW
    assert await trending.snapshot(session, Timeframe.DAY, NOW + timedelta(seconds=50), 60) == own
    behind = NOW - timedelta(seconds=50)
    assert await trending.snapshot(session, Timeframe.DAY, behind, 60) == own
    newest = ahead + timedelta(minutes=trending.KEPT)
    shared = await trending.snapshot(session, Timeframe.DAY, newest, 60)
    assert shared is not None
    assert shared.window.end == newest


@given(history=histories, length=st.integers(1, 40))
@examples
async def test_days_equal_brute_force(database: Database, history: list[Any], length: int) -> None:
    """Whole days before today, each once and in order, with that day's mentions and scores."""
    world = await live(database, history)
    found = await days.days_by_symbol(Session(database, Deadline.after(10)), SYMBOLS, length, NOW)
    today = NOW.replace(hour=0, minute=0, second=0)
    for symbol in SYMBOLS:
        windows = [
            Window(today - timedelta(days=each), today - timedelta(days=each - 1)) for each in range(length, 0, -1)
        ]
        sums = [list(world.totals(window, symbol).values()) for window in windows]
        counts = [(sum(one.mention_count for one in each), sum(one.score_sum for one in each)) for each in sums]
        if not any(count for count, _ in counts):
            assert symbol not in found
            continue
        assert [row.day for row in found[symbol]] == [window.start for window in windows]
        assert [(row.mention_count, row.score_sum) for row in found[symbol]] == counts


def _close(entry: TrendingEntryRow, read: Callable[[TrendingEntryRow], float | None], wanted: float | None) -> bool:
    value = read(entry)
    return value == wanted if value is None or wanted is None else abs(value - wanted) < 1e-9


async def _stored(database: Database) -> int:
    async with database.lease(Deadline.after(10)) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM trending_snapshots"))
