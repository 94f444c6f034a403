"""Quotes: the newest holds, real before simulated, and a stock's price is the newer of quote and bar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from storage import feeds, prices, stocks
from storage.database import Database
from storage.rows import FeedRow, StockRow
from storage.session import Session
from storage.terms import Feed
from storage.write_prices import PriceRecord, write_prices
from storage.write_quotes import QuoteChanges, QuoteRecord, write_quotes
from storage.write_stocks import write_stocks

AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # a Friday, 10:30 in New York
APPLE = StockRow("AAPL", "Apple", "NASDAQ", None, None, 3, simulated=False)
QUOTE = QuoteRecord("AAPL", 100.0, AT, None, 7, 4_000, simulated=False)
MINUTE = timedelta(minutes=1)
NEWS = QuoteChanges(frozenset({"AAPL"}), frozenset())
NO_NEWS = QuoteChanges(frozenset(), frozenset())
NEWS_AND_ONE_LEFT_OUT = QuoteChanges(frozenset({"AAPL"}), frozenset({"NONE"}))


@pytest.fixture
async def listed(database: Database) -> Database:
    """A database that lists a real and a simulated stock."""
    await write_stocks(database, [APPLE, structs.replace(APPLE, symbol="FAKE", simulated=True)])
    return database


async def test_the_newest_quote_holds(listed: Database, session: Session) -> None:
    """An older one and the same again are no news; of two in one call the newer holds; unlisted ones are left out."""
    newer = replace(QUOTE, at=AT + MINUTE, price=101.0)
    assert await write_quotes(listed, [newer, QUOTE, replace(QUOTE, symbol="NONE")]) == NEWS_AND_ONE_LEFT_OUT
    assert await write_quotes(listed, [QUOTE]) == NO_NEWS
    assert await write_quotes(listed, [newer]) == NO_NEWS
    assert await write_quotes(listed, [replace(newer, price=102.0)]) == NEWS
    row = (await prices.quotes(session, ["AAPL"]))["AAPL"]
    assert (row.price, row.at, row.volume, row.previous_close) == (102.0, AT + MINUTE, 7, None)
    assert await feeds.newest(session) == [FeedRow(Feed.YAHOO, AT + MINUTE)]


async def test_real_quotes_stand_before_simulated_ones(listed: Database, session: Session) -> None:
    """A later simulated price changes nothing; an earlier real one replaces what was made up."""
    made_up = replace(QUOTE, at=AT + MINUTE, price=1.0, simulated=True)
    assert await write_quotes(listed, [made_up]) == NEWS
    assert await write_quotes(listed, [QUOTE]) == NEWS
    assert await write_quotes(listed, [made_up]) == NO_NEWS
    assert await write_quotes(listed, [made_up, QUOTE]) == NO_NEWS
    assert (await prices.quotes(session, ["AAPL"]))["AAPL"].price == 100.0


async def test_the_market_cap_follows_real_quotes_of_real_stocks(listed: Database, session: Session) -> None:
    """A quote's worth is the company's; what is simulated, old or silent about it changes nothing."""
    await write_quotes(listed, [QUOTE, replace(QUOTE, symbol="FAKE")])
    await write_quotes(listed, [replace(QUOTE, at=AT - MINUTE, market_cap=1)])
    await write_quotes(listed, [replace(QUOTE, at=AT + MINUTE, market_cap=None)])
    found = await stocks.by_symbols(session, ["AAPL", "FAKE"])
    assert {symbol: row.market_cap for symbol, row in found.items()} == {"AAPL": 4_000, "FAKE": 3}


async def test_a_price_is_the_newer_of_quote_and_bar(listed: Database, session: Session) -> None:
    """By time; and the change is against the session before the newer one's, unless the quote knows its close."""
    yesterday = PriceRecord("AAPL", 86_400, datetime(2026, 11, 19, tzinfo=UTC), 90, 95, 89, 94, 5)
    hour = PriceRecord("AAPL", 3_600, datetime(2026, 11, 20, 14, tzinfo=UTC), 97, 99, 96, 98, 5)
    await write_prices(listed, [yesterday, hour])

    async def price() -> tuple[float, float | None]:
        row = (await prices.quotes(session, ["AAPL"]))["AAPL"]
        return row.price, row.previous_close

    assert await price() == (98, 94)
    await write_quotes(listed, [QUOTE])
    assert await price() == (100.0, 94)
    await write_quotes(listed, [replace(QUOTE, previous_close=93.5)])
    assert await price() == (100.0, 93.5)
    await write_prices(listed, [replace(hour, time=AT + MINUTE, close=98.5)])
    assert await price() == (98.5, 94)


async def test_a_stock_without_bars_has_its_quote(listed: Database, session: Session) -> None:
    """A quote needs no bar beside it."""
    await write_quotes(listed, [QUOTE])
    assert (await prices.quotes(session, ["AAPL", "FAKE"])).keys() == {"AAPL"}
