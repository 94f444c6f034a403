"""Bars, quotes and descriptions of stocks, stored in the order in which they came."""

from collections.abc import Sequence
from typing import Final

import structlog

from ingest.pipeline.checks import Unfit
from ingest.pipeline.tally import Tally
from storage.add_stocks import add_stocks
from storage.database import Database
from storage.event_items import Event, QuoteEvent
from storage.fences import Fence
from storage.intake_items import CollectedBar, CollectedQuote, CollectedStock, Item
from storage.rows import StockRow
from storage.symbols import canonical
from storage.terms import Feed
from storage.write_prices import PriceRecord, write_prices
from storage.write_quotes import QuoteRecord, write_quotes

_NAMED: Final = 10
_log = structlog.get_logger()


class PriceStage:
    """Stores prices of listed stocks; bars carry no time of reading, so only their order tells which is the latest.

    `fence` is drawn by the leader whose stage this is: storing raises `Fenced` once another leads.
    """

    def __init__(self, database: Database, tally: Tally, fence: Fence) -> None:
        self._database = database
        self._tally = tally
        self._fence = fence

    @property
    def open(self) -> bool:
        """Whether items can be taken: always, for stocks come this way too."""
        return True

    def prepare(self, item: Item) -> PriceRecord | QuoteRecord | StockRow:
        """Make the row, under the canonical symbol."""
        symbol = "" if not isinstance(item, _PRICED) else canonical(item.symbol) or item.symbol
        match item:
            case CollectedBar(width=width, time=time, open=first, high=high, low=low, close=last):
                return PriceRecord(symbol, width, time, first, high, low, last, item.volume, item.simulated)
            case CollectedQuote(price=price, at=at):
                return QuoteRecord(symbol, price, at, item.previous_close, item.volume, item.market_cap, item.simulated)
            case CollectedStock(name=name):
                return StockRow(symbol, name, item.exchange, item.sector, item.industry, None, simulated=False)
            case _:
                raise Unfit(f"a {type(item).__name__} is no price; it belongs on the stream of posts")

    async def store(self, ready: Sequence[PriceRecord | QuoteRecord | StockRow], *, tell_all: bool) -> list[Event]:
        """Write stocks first, for their prices may follow at once; prices of unlisted ones are left out."""
        stocks = [each for each in ready if isinstance(each, StockRow)]
        bars = [each for each in ready if isinstance(each, PriceRecord)]
        quotes = [each for each in ready if isinstance(each, QuoteRecord)]
        if stocks:
            await add_stocks(self._database, stocks)
        unlisted: frozenset[str] = frozenset()
        if bars:
            unlisted = (await write_prices(self._database, bars, self._fence)).symbols
        told = {bar.symbol for bar in bars} - unlisted
        if quotes:
            changes = await write_quotes(self._database, quotes, self._fence, tell_all=tell_all)
            unlisted |= changes.unlisted
            told |= {quote.symbol for quote in quotes} - unlisted if tell_all else changes.changed
        if unlisted:
            _log.warning("prices_of_unlisted_stocks", symbols=sorted(unlisted)[:_NAMED], stocks=len(unlisted))
        self._tally.add(bars=len(bars), quotes=len(quotes), stocks=len(stocks))
        self._tally.add_stored("stock", (Feed.YAHOO.value for _ in stocks))
        self._tally.add_stored("bar", (_feed(bar) for bar in bars if bar.symbol not in unlisted))
        self._tally.add_stored("quote", (_feed(quote) for quote in quotes if quote.symbol not in unlisted))
        return [QuoteEvent(symbol) for symbol in sorted(told)]


def _feed(price: PriceRecord | QuoteRecord) -> str:
    feed = Feed.DEMO if price.simulated else Feed.YAHOO
    return feed.value


_PRICED = (CollectedBar, CollectedQuote, CollectedStock)
