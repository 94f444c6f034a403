"""Fences: what a leader writes after its successor began is refused whole, at whatever moment it was frozen."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage import write_prices as prices_module
from storage.database import Connection, Database
from storage.deadline import Deadline
from storage.fences import Fence, Fenced, draw, hold
from storage.rows import StockRow
from storage.write_prices import PriceRecord, write_prices
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
BAR = PriceRecord("AAPL", 3_600, AT, 10, 12, 9, 11, 5)
GROWN = replace(BAR, high=13, close=12.5, volume=9)
QUOTE = QuoteRecord("AAPL", 100.0, AT, None, 7, None, simulated=False)


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists one stock."""
    await write_stocks(database, [StockRow("AAPL", "Apple", None, None, None, None, simulated=False)])
    return database


async def look(database: Database, sql: str) -> list[object]:
    """Return a column."""
    async with database.lease(Deadline.after(10)) as connection:
        return [row[0] for row in await connection.fetch(sql)]


async def test_numbers_rise_by_lane(database: Database) -> None:
    """Lanes do not know of each other."""
    assert [await draw(database, lane) for lane in ("a", "b", "a")] == [Fence("a", 1), Fence("b", 1), Fence("a", 2)]


async def test_many_at_once_draw_different_numbers(database: Database) -> None:
    """Of any number of leaders that begin together one is the last."""
    found = await asyncio.gather(*(draw(database, "a") for _ in range(8)))
    assert sorted(fence.number for fence in found) == list(range(1, 9))


async def test_a_leader_with_a_successor_writes_nothing(listed: Database) -> None:
    """Neither a bar over a newer state of it, nor a quote of the same time, nor one that is not there yet."""
    old = await draw(listed, "prices")
    await write_prices(listed, [BAR], old)
    new = await draw(listed, "prices")
    await write_prices(listed, [GROWN], new)
    await write_quotes(listed, [QUOTE], new)
    with pytest.raises(Fenced, match="leader 1 of prices has a successor"):
        await write_prices(listed, [BAR, replace(BAR, width=60)], old)
    with pytest.raises(Fenced):
        await write_quotes(listed, [replace(QUOTE, price=99.0)], old)
    assert await look(listed, "SELECT close FROM stock_prices") == [12.5]
    assert await look(listed, "SELECT price FROM quotes") == [100.0]
    with pytest.raises(Fenced):
        await write_prices(listed, [BAR], replace(new, number=new.number + 1))  # of a database since restored


async def test_a_leader_frozen_within_its_transaction_gives_way(
    listed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bar is in the table, not committed, when the next one draws: that one's waits, and holds."""
    old = await draw(listed, "prices")
    written, wakes = asyncio.Event(), asyncio.Event()

    async def freeze(connection: Connection, fence: Fence) -> None:
        if fence == old:
            written.set()
            await wakes.wait()
        await hold(connection, fence)

    monkeypatch.setattr(prices_module, "hold", freeze)
    frozen = asyncio.create_task(write_prices(listed, [BAR], old))
    await written.wait()
    new = await draw(listed, "prices")
    following = asyncio.create_task(write_prices(listed, [GROWN], new))
    wakes.set()
    with pytest.raises(Fenced):
        await frozen
    await following
    assert await look(listed, "SELECT close FROM stock_prices") == [12.5]


async def test_the_next_leader_waits_for_a_commit_under_way(listed: Database) -> None:
    """From the check on the old leader's transaction comes first, so that nothing of it lands behind a newer one."""
    old = await draw(listed, "prices")
    async with listed.transaction(Deadline.after(10)) as connection:
        await hold(connection, old)
        drawing = asyncio.create_task(draw(listed, "prices"))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        async with asyncio.timeout(10):
            while not (await look(listed, waiting))[0]:  # noqa: ASYNC110 - what is waited for happens on a server
                await asyncio.sleep(0.01)
        assert not drawing.done()
    assert (await drawing).number == old.number + 1
