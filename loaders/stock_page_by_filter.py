"""Which stocks pass a filter, in an order, on this page? And how many in all?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from loaders.stock_by_symbol import StockBySymbol
from storage import stocks
from storage.paging import Page, PageRequest
from storage.rows import StockRow
from storage.stocks import StockFilter
from storage.terms import Direction, StockOrderField


class StockPageKey(NamedTuple):
    """What makes two pages of stocks the same."""

    filter: StockFilter
    field: StockOrderField
    direction: Direction
    request: PageRequest


class StockPageByFilter(WholeLoader[StockPageKey, Page[StockRow]]):
    """One page of stocks; its rows also answer `StockBySymbol`."""

    async def fetch_one(self, key: StockPageKey) -> Page[StockRow]:
        """Read the page."""
        page = await stocks.page(self.context.session, *key)
        self.context.loader(StockBySymbol).remember((), {row.symbol: row for row in page.rows})
        return page


class StockCountByFilter(WholeLoader[StockFilter, int]):
    """How many stocks pass the filter."""

    async def fetch_one(self, key: StockFilter) -> int:
        """Count them."""
        return await stocks.count(self.context.session, key)
