"""Readers share the newest snapshot, and compute only where nobody else has for a while."""

import asyncio
from datetime import timedelta

from storage import trending
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.session import Session
from storage.terms import Timeframe
from tests.storage.histories import NOW, live
from tests.storage.test_trending import session_of

INTERVAL = 60
SERVED = timedelta(seconds=INTERVAL * trending.INTERVALS_SERVED)


async def test_one_computes_and_all_share(database: Database) -> None:
    """Twenty ask at once where there is none yet: one snapshot is stored, and all get it."""
    await live(database, [])
    found = await asyncio.gather(
        *(trending.snapshot(session_of(database), Timeframe.DAY, NOW, INTERVAL) for _ in range(20))
    )
    assert len({one.computed_at for one in found}) == 1
    assert await _stored(database) == 1


async def test_readers_leave_the_work_to_the_job(database: Database) -> None:
    """A snapshot of up to three intervals ago is served as it is; an older one is replaced."""
    await live(database, [])
    session = session_of(database)
    stored = await trending.store(session, Timeframe.DAY, NOW)
    almost = NOW + SERVED - timedelta(seconds=1)
    assert await trending.snapshot(session, Timeframe.DAY, almost, INTERVAL) == stored
    newer = await trending.store(session, Timeframe.DAY, NOW + timedelta(seconds=INTERVAL))
    assert await trending.snapshot(session, Timeframe.DAY, almost, INTERVAL) == newer
    late = NOW + 2 * SERVED
    own = await trending.snapshot(session, Timeframe.DAY, late, INTERVAL)
    assert own.window.end == late


async def test_an_older_snapshot_is_served_while_another_computes(database: Database) -> None:
    """Nobody waits for a computation as long as there is something to show; afterwards there is a new one."""
    await live(database, [])
    session = session_of(database)
    old = await trending.store(session, Timeframe.DAY, NOW)
    later = NOW + SERVED
    async with session.transaction() as other:
        await other.fetch("lock", "SELECT pg_advisory_xact_lock($1)", trending._LOCKS[Timeframe.DAY])
        assert await trending.snapshot(session, Timeframe.DAY, later, INTERVAL) == old
    new = await trending.snapshot(session, Timeframe.DAY, later, INTERVAL)
    assert new.window.end == later


async def test_waiting_for_the_first_snapshot_takes_no_connection(database: Database) -> None:
    """More readers wait than there are connections, and the pool still serves others meanwhile."""
    await live(database, [])
    small = database.settings.model_copy(update={"database_pool": 2})
    async with open_database(small) as narrow, asyncio.TaskGroup() as tasks:
        async with session_of(database).transaction() as other:
            await other.fetch("lock", "SELECT pg_advisory_xact_lock($1)", trending._LOCKS[Timeframe.DAY])
            waiting = [
                tasks.create_task(trending.snapshot(session_of(narrow), Timeframe.DAY, NOW, INTERVAL)) for _ in range(8)
            ]
            for _ in range(40):
                await narrow.ping(Deadline.after(5))
                await asyncio.sleep(0.01)
            assert not any(each.done() for each in waiting)
        found = [await each for each in waiting]
    assert len({one.computed_at for one in found}) == 1


async def test_old_snapshots_go(database: Database) -> None:
    """Only the newest few are kept, of each timeframe."""
    await live(database, [])
    session = session_of(database)
    for minute in range(trending.KEPT + 4):
        await trending.store(session, Timeframe.HOUR, NOW + timedelta(minutes=minute))
    await trending.store(session, Timeframe.WEEK, NOW)
    assert await _stored(database) == trending.KEPT + 1


async def test_a_clock_that_runs_ahead_misleads_nobody_else(database: Database) -> None:
    """Snapshots of an hour ahead serve whoever made them; others compute, keep and share their own meanwhile."""
    await live(database, [])
    session = Session(database, Deadline.after(20))
    ahead = NOW + timedelta(hours=1)
    for minute in range(trending.KEPT + 1):
        await trending.store(session, Timeframe.DAY, ahead + timedelta(minutes=minute))
    own = await trending.snapshot(session, Timeframe.DAY, NOW, INTERVAL)
    assert own.window.end == NOW
    assert await trending.snapshot(session, Timeframe.DAY, NOW + timedelta(seconds=50), INTERVAL) == own
    behind = NOW - timedelta(seconds=50)
    assert await trending.snapshot(session, Timeframe.DAY, behind, INTERVAL) == own
    newest = ahead + timedelta(minutes=trending.KEPT)
    shared = await trending.snapshot(session, Timeframe.DAY, newest, INTERVAL)
    assert shared.window.end == newest


async def _stored(database: Database) -> int:
    async with database.lease(Deadline.after(10)) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM trending_snapshots"))
