"""Leases between the pool and its users: handed over in order, never lost, never more than the pool's size."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ops.errors import DeadlineExceeded, Unavailable
from ops.settings import Settings
from storage import leases
from storage.database import Connection, Database, open_database
from storage.deadline import Deadline
from storage.session import Session


@pytest.fixture
async def pair(plain_database_url: str) -> AsyncIterator[Database]:
    """A database of two connections."""
    settings = Settings.model_validate({"database_url": plain_database_url, "database_pool": 2})
    async with open_database(settings) as database:
        yield database


async def backend(database: Database) -> int:
    """Ask which back end answers."""
    return int((await Session(database, Deadline.after(30)).fetch("pid", "SELECT pg_backend_pid() AS pid"))[0]["pid"])


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_statements_one_after_another_share_a_connection(pair: Database) -> None:
    """The connection used last is used next: the others may grow old and be closed."""
    assert len({await backend(pair) for _ in range(10)}) == 1


async def test_never_more_connections_than_the_pool_allows(pair: Database) -> None:
    """Many at once all get their answer, on two back ends."""
    assert len(set(await asyncio.gather(*(backend(pair) for _ in range(40))))) == 2


async def test_a_crowd_is_no_outage(plain_database_url: str) -> None:
    """One connection was lost, the other went to whoever came first: those who waited in vain met a busy database."""
    settings = Settings.model_validate(
        {"database_url": plain_database_url, "database_pool": 2, "deadlines": {"acquire": 0.3}}
    )
    async with open_database(settings) as crowded:
        lost, lent = [await crowded.leases.lend(30), await crowded.leases.lend(30)]
        lost.terminate()
        waiting = [asyncio.create_task(crowded.leases.lend(30))]
        await turns()
        failing = [asyncio.create_task(backend(crowded)) for _ in range(5)]
        await turns()
        crowded.leases.put(lent)
        failures = await asyncio.gather(*failing, return_exceptions=True)
        assert [str(failure) for failure in failures] == ["The database is busy."] * 5
        assert not crowded.breaker.open
        await crowded.leases.release(lost)
        await crowded.leases.release(await waiting[0])


async def test_waiters_are_served_in_the_order_in_which_they_came(pair: Database) -> None:
    """A connection that comes back goes to whoever waits longest, before anybody who asks later."""
    lent = [await pair.leases.lend(30), await pair.leases.lend(30)]
    served: list[int] = []

    async def wait(number: int) -> None:
        pair.leases.put(await pair.leases.lend(30))
        served.append(number)

    waiting = [asyncio.create_task(wait(number)) for number in range(5)]
    await turns()
    pair.leases.put(lent[0])
    await asyncio.gather(*waiting)
    assert served == [0, 1, 2, 3, 4]
    pair.leases.put(lent[1])


@pytest.mark.parametrize("release", [False, True], ids=["handed over", "leave to borrow"])
async def test_a_waiter_cancelled_as_its_turn_comes_passes_it_on(pair: Database, *, release: bool) -> None:
    """In the turn of the loop in which the connection is handed over, the waiter is cancelled: the next one gets it."""
    lent = [await pair.leases.lend(30), await pair.leases.lend(30)]
    first, second = (asyncio.create_task(pair.leases.lend(30)) for _ in range(2))
    await turns()
    if release:
        await pair.leases.release(lent[0])
    else:
        pair.leases.put(lent[0])
    first.cancel()
    taken = await second
    assert first.cancelled()
    pair.leases.put(taken)
    pair.leases.put(lent[1])
    assert len(set(await asyncio.gather(*(backend(pair) for _ in range(10))))) == 2


async def test_a_wait_ends_in_time_and_leaves_nothing_behind(pair: Database) -> None:
    """Who gave up is not handed a connection later."""
    lent = [await pair.leases.lend(30), await pair.leases.lend(30)]
    with pytest.raises(DeadlineExceeded):
        await pair.ping(Deadline.after(0.02))
    for connection in lent:
        pair.leases.put(connection)
    assert len(set(await asyncio.gather(*(backend(pair) for _ in range(10))))) == 2


async def test_a_connection_lost_at_hand_is_replaced(pair: Database) -> None:
    """A back end that was ended while nobody used it costs no statement, once its end has arrived."""
    kept = await pair.leases.lend(30)
    doomed = await backend(pair)
    await kept.fetchval("SELECT pg_terminate_backend($1)", doomed)
    ended = pair.leases._idle[-1]
    async with asyncio.timeout(30):
        while leases.open_still(ended):  # noqa: ASYNC110 - the event is on a socket of the driver's
            await asyncio.sleep(0.01)
    assert await backend(pair) != doomed
    pair.leases.put(kept)


async def test_a_failed_borrower_lets_the_next_one_try(pair: Database) -> None:
    """Where both connections break, every waiter gets one of the new ones; none waits for what is gone."""
    lent: list[Connection] = [await pair.leases.lend(30), await pair.leases.lend(30)]
    waiting = [asyncio.create_task(backend(pair)) for _ in range(6)]
    await turns()
    for connection in lent:
        connection.terminate()
        await pair.leases.release(connection)
    assert len(set(await asyncio.gather(*waiting))) <= 2


async def test_connections_that_nobody_needs_go_back(pair: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a burst, the sweep releases those that were not used since the one before; the busy one stays."""
    await asyncio.gather(*(backend(pair) for _ in range(10)))
    monkeypatch.setattr(leases, "SWEEP_SECONDS", 0.01)
    sweeping = asyncio.create_task(pair.leases.sweep())
    async with asyncio.timeout(30):
        while len(pair.leases._idle) > 1:
            await backend(pair)
            await asyncio.sleep(0.001)
    sweeping.cancel()
    assert len(set(await asyncio.gather(*(backend(pair) for _ in range(10))))) == 2


async def test_what_comes_back_after_closing_is_closed(plain_database_url: str) -> None:
    """Closing does not wait for what is at hand, and nothing is kept afterwards."""
    settings = Settings.model_validate({"database_url": plain_database_url, "database_pool": 2})
    async with open_database(settings) as database:
        await backend(database)
        lent = await database.leases.lend(30)
        await database.leases.close()
        assert not database.leases.put(lent)
        await database.leases.release(lent)
    with pytest.raises(Unavailable):
        await backend(database)


async def test_waits_are_told_and_those_who_wait_are_counted(pair: Database) -> None:
    """Only who found no connection at hand has waited: in vain or not, and also for one to be opened."""
    waits: list[float] = []
    pair.leases.on_wait = waits.append
    await backend(pair)
    told = len(waits)  # none, or the opening of the first connection
    async with pair.lease(Deadline.after(30)), pair.lease(Deadline.after(30)):
        assert pair.leases.active == 2
        told_by_opening = len(waits) - told
        waiting = asyncio.create_task(backend(pair))
        await turns()
        assert pair.leases.waiting == 1
        with pytest.raises(DeadlineExceeded):
            await Session(pair, Deadline.after(0.05)).fetch("pid", "SELECT 1")
        assert len(waits) == told + told_by_opening + 1
        assert waits[-1] >= 0.04
    await waiting
    assert len(waits) == told + told_by_opening + 2
    assert (pair.leases.active, pair.leases.waiting) == (0, 0)
