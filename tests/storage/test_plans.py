"""Every hot query, at realistic volume: indexes by name, no big table read whole, rows read close to rows needed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from ops.settings import Settings
from storage import days, mentions, prices, sentiment, stocks
from storage.counting import COUNT
from storage.database import Connection, open_database
from storage.deadline import Deadline
from storage.mentions import MentionFilter
from storage.paging import PageRequest
from storage.rows import Window
from storage.session import Session
from storage.stocks import StockFilter
from storage.terms import BucketSize, Direction, StockOrderField, Timeframe
from storage.trending_statements import COMPUTE
from storage.trending_windows import windows_of
from storage.windows import RAW, spans
from tests.storage.crowd import NOW, SYMBOLS, crowded_url
from tests.storage.plans import Recorder, explained, plan_of

__all__ = ["crowded_url"]

PAGE = PageRequest(20)
NEWEST = PageRequest(20, backward=True)
BARS = {"stock_prices_key", "stock_prices_symbol_time_idx"}
ROLLUPS = {"sentiment_data_key", "sentiment_data_symbol_time_idx"}
MENTIONS = {"stock_mentions_symbol_time_idx", "stock_mentions_symbol_page_idx"}
BY_SYMBOL, BY_NAME, BY_CAP = StockOrderField
WEEK = Window(NOW - timedelta(days=7), NOW)
A_PAGE, A_WEEK = NEWEST.limit + 1, 7 * 24
"""Candles that one row holds, which are all of a stock."""


@dataclass(frozen=True)
class Hot:
    """A question; the indexes, of which it uses one or more and no other; rows it may read per row it returns."""

    name: str
    call: Callable[[Session], Awaitable[Any]]
    indexes: set[str]
    ratio: float


def stock_page(order: StockOrderField, wanted: StockFilter, *position: Any) -> Callable[[Session], Awaitable[Any]]:
    """Ask for a page of stocks."""
    request = PageRequest(20, position or None)
    return lambda session: stocks.page(session, wanted, order, Direction.ASC, request)


HOT = [
    Hot("stocks by symbol", lambda s: stocks.by_symbols(s, SYMBOLS), {"stocks_symbol_key"}, 1),
    Hot("stock page", stock_page(BY_SYMBOL, StockFilter(), "S2000"), {"stocks_symbol_key"}, 1),
    Hot("stock page by name", stock_page(BY_NAME, StockFilter(), "m", "S1"), {"stocks_name_idx"}, 1),
    Hot("stock page by cap", stock_page(BY_CAP, StockFilter(), 10**9, "S1"), {"stocks_market_cap_idx"}, 1.1),
    Hot("last stocks by cap", stock_page(BY_CAP, StockFilter(), None, "S"), {"stocks_market_cap_idx"}, 1.1),
    Hot("stocks of a sector", stock_page(BY_SYMBOL, StockFilter(sectors=("Sector 3",))), {"stocks_sector_idx"}, 1),
    Hot(
        "stocks of an exchange",
        stock_page(BY_SYMBOL, StockFilter(exchanges=("NYSE",)), "S2000"),
        {"stocks_exchange_idx", "stocks_symbol_key"},
        2.5,
    ),
    Hot("name contains", stock_page(BY_SYMBOL, StockFilter(name_contains="BAvys")), {"stocks_name_trgm_idx"}, 2),
    Hot(
        "search",
        lambda s: stocks.search(s, "s01", 10),
        {"stocks_symbol_key", "stocks_name_idx", "stocks_name_trgm_idx"},
        5,
    ),
    Hot("quotes", lambda s: prices.quotes(s, SYMBOLS), BARS, 2.1),
    Hot("hour candles", lambda s: prices.candles(s, SYMBOLS, BucketSize.HOUR, None, NEWEST), BARS, 1.1 * A_PAGE),
    Hot("hour candles on", lambda s: prices.candles(s, SYMBOLS, BucketSize.HOUR, None, _after(9)), BARS, 1.1 * A_PAGE),
    Hot("day candles", lambda s: prices.candles(s, SYMBOLS, BucketSize.DAY, None, NEWEST), BARS, 25.1 * A_PAGE),
    Hot("week of candles", lambda s: prices.series(s, SYMBOLS, BucketSize.HOUR, WEEK, 1_000), BARS, 1.1 * A_WEEK),
    Hot("totals of a day", lambda s: _totals(s, Timeframe.DAY), ROLLUPS | MENTIONS, 24),
    Hot("totals of a month", lambda s: _totals(s, Timeframe.MONTH), ROLLUPS | MENTIONS, 60),
    Hot("hour points", lambda s: _points(s, BucketSize.HOUR, NEWEST), ROLLUPS, 3.1),
    Hot("filled points", lambda s: _points(s, BucketSize.HOUR, NEWEST, fill=True), ROLLUPS, 3.1),
    Hot("minute points", lambda s: _points(s, BucketSize.MINUTE, NEWEST), MENTIONS, 2.2),
    Hot("points across", lambda s: sentiment.points_across(s, SYMBOLS, BucketSize.HOUR, None, PAGE), ROLLUPS, 40),
    Hot("mentions of each", lambda s: mentions.pages_by_symbol(s, SYMBOLS, MentionFilter(), PAGE), MENTIONS, 1),
    Hot(
        "brief mentions of each",
        lambda s: mentions.brief_pages_by_symbol(s, SYMBOLS, MentionFilter(), PAGE),
        MENTIONS,
        1,
    ),
    Hot("newest mentions", lambda s: mentions.page(s, MentionFilter(), PAGE), {"stock_mentions_key"}, 1),
    Hot(
        "mentions with a word",
        lambda s: mentions.page(s, MentionFilter(text='"number 4711"'), PAGE),
        {"stock_mentions_text_idx"},
        2,
    ),
    Hot(
        "a symbol's mentions with a word",
        lambda s: mentions.pages_by_symbol(s, ["S0209"], MentionFilter(text="4711"), PAGE),
        {"stock_mentions_text_idx"},
        2,
    ),
    Hot(
        "days", lambda s: days.days_by_symbol(s, SYMBOLS[:3], 20, NOW), BARS | ROLLUPS | {"sentiment_data_time_idx"}, 6
    ),
]


@pytest.fixture
async def recorder(crowded_url: str) -> AsyncIterator[Recorder]:
    """A recording session on the crowded database."""
    async with open_database(Settings.model_validate({"database_url": crowded_url, "database_pool": 2})) as database:
        yield Recorder(database, Deadline.after(30))


@asynccontextmanager
async def rolled_back(recorder: Recorder) -> AsyncIterator[Connection]:
    """A transaction whose writes go again: all tests share the database."""
    async with recorder.database.lease(recorder.deadline) as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


@pytest.mark.parametrize("hot", HOT, ids=lambda hot: hot.name)
async def test_hot_query_reads_what_it_needs(recorder: Recorder, hot: Hot) -> None:
    """The named indexes and no others, no big table read whole, rows read in proportion to rows returned."""
    plan = await plan_of(recorder, hot.call)
    assert not plan.whole
    assert plan.indexes
    assert plan.indexes <= hot.indexes
    assert plan.read <= hot.ratio * plan.returned + 5


async def test_sectors_read_roll_ups_of_the_window_only(recorder: Recorder) -> None:
    """A week of all symbols comes from roll-ups of that week and the edges' mentions; stocks are read whole."""
    plan = await plan_of(recorder, lambda session: sentiment.sectors(session, WEEK))
    assert plan.whole <= {"stocks"}
    assert "sentiment_data_time_idx" in plan.indexes
    rolled = await recorder.fetch(
        "count", "SELECT count(*) FROM sentiment_data WHERE bucket >= $1 AND bucket < $2", WEEK.start, WEEK.end
    )
    assert plan.read <= 5_000 + rolled[0]["count"]


@pytest.mark.parametrize("timeframe", Timeframe)
async def test_trending_reads_roll_ups_of_its_windows_only(recorder: Recorder, timeframe: Timeframe) -> None:
    """Ten windows, all symbols: roll-ups of their days and hours and the edges' mentions, no table read whole."""
    windows = windows_of(timeframe, NOW)
    this = windows.all[0]
    arguments = (timeframe.value, this.start, this.end, 4, *windows.arguments)
    pieces = [span for window in windows.all for span in spans(window)]
    async with rolled_back(recorder) as connection:
        plan = await explained(connection, COMPUTE, arguments)
        rolled = sum(
            [
                await connection.fetchval(
                    "SELECT count(*) FROM sentiment_data WHERE width = $1 AND bucket >= $2 AND bucket < $3",
                    span.width,
                    span.start,
                    span.end,
                )
                for span in pieces
                if span.width != RAW
            ]
        )
    assert not plan.whole
    assert plan.indexes <= {
        "sentiment_data_time_idx",
        "counted_hours_discounts_idx",
        "stock_mentions_key",
        *MENTIONS,
    }
    assert plan.read <= rolled + 5_000


async def test_counting_reads_changed_hours_only(recorder: Recorder) -> None:
    """Two days of roll-ups tell which hours changed; of those only are mentions read, and none the second time."""
    hour = NOW.replace(minute=0, second=0)
    arguments = (hour - timedelta(hours=48), hour, 30_000)
    async with rolled_back(recorder) as connection:
        first = await explained(connection, COUNT, arguments)
        second = await explained(connection, COUNT, arguments)
    hours = 48 * 300
    assert not first.whole
    assert not second.whole & {"stock_mentions", "sentiment_data"}
    assert second.read <= 2 * hours
    assert first.read <= 4 * hours


def _after(hours: int) -> PageRequest:
    return PageRequest(20, (NOW - timedelta(days=7, hours=hours),))


def _totals(session: Session, timeframe: Timeframe) -> Awaitable[Any]:
    return sentiment.totals(session, SYMBOLS, Window(NOW - timeframe.length, NOW), None)


def _points(session: Session, bucket: BucketSize, request: PageRequest, *, fill: bool = False) -> Awaitable[Any]:
    return sentiment.points(session, SYMBOLS, bucket, None, None, fill, request)
