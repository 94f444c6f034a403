"""Which stocks does a search text mean?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from storage import stocks
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.tags import STOCKS
from storage.rows import StockMatchRow


class StockMatchesKey(NamedTuple):
    """A text and how many matches are wanted."""

    text: str
    limit: int


class StockMatchesByText(WholeLoader[StockMatchesKey, list[StockMatchRow]]):
    """Best matches first."""

    cached = RowPolicy(Seconds.MINUTE, always(STOCKS), list[StockMatchRow], shared=False)

    async def fetch_one(self, key: StockMatchesKey) -> list[StockMatchRow]:
        """Search."""
        return await stocks.search(self.context.session, key.text, key.limit)
