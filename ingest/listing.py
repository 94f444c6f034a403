"""Which stocks are listed: read in pages, each under a deadline of its own."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from ingest.tickers import Listing
from storage import stocks
from storage.database import Database
from storage.deadline import Deadline
from storage.paging import PageRequest
from storage.rows import StockRow
from storage.session import Session
from storage.stocks import StockFilter
from storage.terms import Direction, StockOrderField

_PAGE_ROWS: Final = 5_000


async def read_listing(database: Database) -> Listing:
    """Read every listed stock with its name, for the search for tickers."""
    return Listing({stock.symbol: stock.name async for stock in _stocks(database, StockFilter())})


async def listed_symbols(database: Database) -> frozenset[str]:
    """Read every listed symbol."""
    return frozenset([stock.symbol async for stock in _stocks(database, StockFilter())])


async def simulated_symbols(database: Database) -> frozenset[str]:
    """Read the symbols of the stocks that are simulated."""
    return frozenset([stock.symbol async for stock in _stocks(database, StockFilter(simulated=True))])


async def stocks_by_symbol(database: Database, symbols: Sequence[str]) -> dict[str, StockRow]:
    """Read some stocks; those that are not listed are left out."""
    return await stocks.by_symbols(session_on(database), symbols)


async def _stocks(database: Database, wanted: StockFilter) -> AsyncIterator[StockRow]:
    position = None
    while True:
        request = PageRequest(_PAGE_ROWS, position)
        page = await stocks.page(session_on(database), wanted, StockOrderField.SYMBOL, Direction.ASC, request)
        for stock in page.rows:
            yield stock
        if not page.has_next:
            return
        position = (page.rows[-1].symbol,)


def session_on(database: Database) -> Session:
    """Open a session with the deadline of one operation, for one statement or a few."""
    return Session(database, Deadline.after(database.settings.deadlines.operation))
