"""Loading the simulated market: alike in one go, in steps and after interruptions, and never on top of real data."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.demo import load
from ingest.demo.companies import DemoNotInstalled, demo_companies
from ingest.demo.load import Demo
from ops.errors import Unavailable
from storage.database import Database
from storage.deadline import Deadline
from storage.rows import StockRow
from storage.session import Session
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks

NOW = datetime(2026, 3, 13, 7, 20, 30, tzinfo=UTC)  # the span crosses from one written stretch to the next
HOUR = timedelta(hours=1)
DAYS = 3
COMPANIES = 12

BARS = "SELECT symbol, width, time, open, high, low, close, volume, simulated FROM stock_prices ORDER BY symbol, time"
MENTIONS = """
SELECT symbol, source, external_id, posted_at, community, author, text, score, label, evidence, engagement, simulated
FROM stock_mentions ORDER BY symbol, external_id
"""
ROLLUPS = """
SELECT symbol, source, width, bucket, mention_count, score_sum, score_squares, positive, neutral, negative
FROM sentiment_data ORDER BY symbol, source, width, bucket
"""
LEDGER = "SELECT source, external_id, posted_at FROM posts ORDER BY source, external_id"
Rows = list[tuple[Any, ...]]


async def read(database: Database, sql: str, *values: Any) -> Rows:
    """Rows of a statement."""
    return [tuple(row) for row in await Session(database, Deadline.after(20)).fetch("test", sql, *values)]


async def state(database: Database) -> list[Rows]:
    """Everything that a load writes."""
    return [await read(database, sql) for sql in (BARS, MENTIONS, ROLLUPS, LEDGER)]


async def emptied(database: Database) -> None:
    """Forget all rows."""
    session = Session(database, Deadline.after(20))
    await session.fetch("empty", "TRUNCATE stocks, stock_prices, stock_mentions, posts, feeds CASCADE")


def demo() -> Demo:
    """A small market."""
    return Demo(DAYS, COMPANIES)


async def test_a_load_fills_the_span_and_a_second_one_adds_nothing(database: Database) -> None:
    """Bars of every full hour, posts up to now, all simulated, the feed's newest item on record."""
    report = await demo().load(database, NOW)
    assert (report.stocks, report.bars, report.deleted) == (COMPANIES, COMPANIES * DAYS * 24, 0)
    bounds = "SELECT min(time), max(time), bool_and(simulated) FROM stock_prices"
    assert await read(database, bounds) == [
        (datetime(2026, 3, 10, 7, tzinfo=UTC), datetime(2026, 3, 13, 6, tzinfo=UTC), True)
    ]
    ((oldest, newest, simulated),) = await read(
        database, "SELECT min(posted_at), max(posted_at), bool_and(simulated) FROM stock_mentions"
    )
    assert simulated
    assert oldest >= datetime(2026, 3, 10, 7, tzinfo=UTC)
    assert NOW - timedelta(minutes=10) < newest <= NOW
    assert await read(database, "SELECT feed, newest_at FROM feeds") == [("demo", newest)]
    again = await demo().load(database, NOW)
    assert (again.stocks, again.bars, again.posts, again.deleted) == (0, 0, 0, 0)


async def test_a_top_up_gives_the_same_rows_as_a_full_load(plain_database: Database) -> None:
    """Loaded at once, hour by hour, or after days away, the market is the same row for row."""
    await demo().load(plain_database, NOW)
    full = await state(plain_database)
    for steps in ([26 * HOUR], [100 * HOUR], [3 * HOUR, 2 * HOUR + timedelta(minutes=13), HOUR / 7]):
        await emptied(plain_database)
        source = demo()
        for back in (*steps, timedelta()):
            await source.load(plain_database, NOW - back)
        assert await state(plain_database) == full


@pytest.mark.parametrize("writer", ["write_prices", "write_posts"])
@pytest.mark.parametrize("calls", [0, 1])
async def test_an_interrupted_load_is_completed_by_the_next(
    plain_database: Database, monkeypatch: pytest.MonkeyPatch, writer: str, calls: int
) -> None:
    """A database that goes away in the middle leaves a state from which the next load reaches the full one."""
    await demo().load(plain_database, NOW)
    full = await state(plain_database)
    await emptied(plain_database)
    write: Callable[..., Awaitable[Any]] = getattr(load, writer)
    made = 0

    async def failing(to: Database, rows: list[Any]) -> Any:
        nonlocal made
        made += 1
        if made > calls:
            await write(to, rows[: len(rows) // 3])
            raise Unavailable("The database is unreachable.")
        return await write(to, rows)

    monkeypatch.setattr(load, writer, failing)
    with pytest.raises(Unavailable):
        await demo().load(plain_database, NOW)
    monkeypatch.undo()
    assert await state(plain_database) != full
    await demo().load(plain_database, NOW)
    assert await state(plain_database) == full


async def test_real_rows_are_never_touched(plain_database: Database) -> None:
    """A real stock gets no simulated data; a real bar of a simulated stock stays; old real rows outlive the span."""
    companies = [company.symbol for company in demo_companies(COMPANIES)]
    real, half = companies[1], companies[2]
    await write_stocks(plain_database, [StockRow(real, "Real", None, None, None, 7, simulated=False)])
    await demo().load(plain_database, NOW - 2 * HOUR)
    times = (NOW.replace(minute=0, second=0) - HOUR, NOW - timedelta(days=900))
    bars = [PriceRecord(half, 3_600, time, 1, 1, 1, 1, 1) for time in times]
    await write_prices(plain_database, bars)
    await demo().load(plain_database, NOW)
    assert await read(plain_database, "SELECT name, market_cap, simulated FROM stocks WHERE symbol = $1", real) == [
        ("Real", 7, False)
    ]
    for rows in await state(plain_database):
        assert rows
        assert real not in {row[0] for row in rows}
    kept = await read(
        plain_database, "SELECT symbol, time, close FROM stock_prices WHERE NOT simulated ORDER BY time DESC"
    )
    assert kept == [(half, time, 1.0) for time in times]


async def test_a_stock_that_becomes_real_loses_its_simulated_rows(plain_database: Database) -> None:
    """Real and simulated prices never stand side by side for long: the next load takes the simulated ones away."""
    real = demo_companies(COMPANIES)[3].symbol
    await demo().load(plain_database, NOW - HOUR)
    before = await state(plain_database)
    await write_stocks(plain_database, [StockRow(real, "Real", None, None, None, None, simulated=False)])
    await write_prices(plain_database, [PriceRecord(real, 3_600, NOW - timedelta(minutes=20), 1, 1, 1, 1, 1)])
    await demo().load(plain_database, NOW)
    bars, mentions, rollups, _ = await state(plain_database)
    assert [row[-1] for row in bars if row[0] == real] == [False]
    assert real not in {row[0] for row in (*mentions, *rollups)}
    others = {row[0] for row in before[0]} - {real}
    assert {row[0] for row in bars} == others | {real}
    assert (await demo().load(plain_database, NOW)).deleted == 0


async def test_old_rows_go_as_new_ones_come(database: Database) -> None:
    """The tables do not grow: two days later they hold the same span, roll-ups and ledger included."""
    source = demo()
    await source.load(database, NOW)
    report = await source.load(database, NOW + 48 * HOUR)
    assert report.bars == COMPANIES * 48
    assert await read(database, "SELECT count(*) FROM stock_prices") == [(COMPANIES * DAYS * 24,)]
    start = datetime(2026, 3, 12, 7, tzinfo=UTC)
    for statement in (
        "SELECT min(time) FROM stock_prices",
        "SELECT min(posted_at) FROM stock_mentions",
        "SELECT min(posted_at) FROM posts",
    ):
        ((oldest,),) = await read(database, statement)
        assert start <= oldest < start + HOUR
    ((mentions, rolled),) = await read(
        database,
        "SELECT (SELECT count(*) FROM stock_mentions), sum(mention_count) FROM sentiment_data WHERE width = 3600",
    )
    assert mentions == rolled
    assert await read(database, "SELECT count(*) FROM posts WHERE deleted_at IS NOT NULL") == [(0,)]


async def test_of_two_loaders_at_once_one_gives_way(plain_database: Database) -> None:
    """The second finds the first at work and does nothing; the data is that of one load."""
    reports = await asyncio.gather(demo().load(plain_database, NOW), demo().load(plain_database, NOW))
    assert sorted(report.busy for report in reports) == [False, True]
    assert await read(plain_database, "SELECT count(*) FROM stock_prices") == [(COMPANIES * DAYS * 24,)]
    assert not (await demo().load(plain_database, NOW)).busy


async def test_a_clock_that_goes_back_writes_nothing(plain_database: Database) -> None:
    """Rows from the future of a corrected clock stay until their time comes."""
    await demo().load(plain_database, NOW)
    report = await demo().load(plain_database, NOW - 5 * HOUR)
    assert (report.bars, report.posts, report.deleted) == (0, 0, 0)


async def test_progress_rises_to_the_whole(plain_database: Database) -> None:
    """Shares ascend and end at 1."""
    shares: list[float] = []
    await demo().load(plain_database, NOW, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_without_the_optional_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain install has no demo; it says how to get it."""
    monkeypatch.setitem(sys.modules, "pytickersymbols", None)
    with pytest.raises(DemoNotInstalled, match="'demo' extra"):
        Demo()
