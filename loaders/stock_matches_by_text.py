"""Which stocks does a search text mean?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from loaders.stock_by_symbol import StockBySymbol
from storage import stocks
from storage.rows import StockMatchRow


class StockMatchesKey(NamedTuple):
    """A text and how many matches are wanted."""

    text: str
    limit: int


class StockMatchesByText(WholeLoader[StockMatchesKey, list[StockMatchRow]]):
    """Best matches first; their stocks also answer `StockBySymbol`."""

    async def fetch_one(self, key: StockMatchesKey) -> list[StockMatchRow]:
        """Search."""
        matches = await stocks.search(self.context.session, key.text, key.limit)
        self.context.loader(StockBySymbol).remember((), {match.stock.symbol: match.stock for match in matches})
        return matches
