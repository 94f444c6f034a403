"""Which stocks pass a filter, in an order, on this page? And how many in all?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from storage import stocks
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.tags import STOCKS
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
    """One page of stocks."""

    cached = RowPolicy(Seconds.MINUTE, always(STOCKS), Page[StockRow])

    async def fetch_one(self, key: StockPageKey) -> Page[StockRow]:
        """Read the page."""
        return await stocks.page(self.context.session, *key)


class StockCountByFilter(WholeLoader[StockFilter, int]):
    """How many stocks pass the filter."""

    cached = RowPolicy(Seconds.MINUTE, always(STOCKS), int)

    async def fetch_one(self, key: StockFilter) -> int:
        """Count them."""
        return await stocks.count(self.context.session, key)
