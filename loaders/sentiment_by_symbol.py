"""What did the crowd say about this stock in a window?"""

from typing import NamedTuple

from loaders.shapes import SymbolLoader
from storage import sentiment
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.rows import SentimentTotals, SourceTotals, Window
from storage.terms import Source


class SentimentKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    window: Window
    source: Source | None


class SentimentBySymbol(SymbolLoader[SentimentKey, list[SourceTotals]]):
    """Exact totals per source; empty without mentions."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), list[SourceTotals], shared=False)

    async def fetch(self, segment: tuple[Window, Source | None], params: list[str]) -> dict[str, list[SourceTotals]]:
        """Read one segment."""
        return await sentiment.totals(self.context.session, params, *segment)

    def missing(self) -> list[SourceTotals]:
        """Nobody spoke of it."""
        return []


class SentimentSumBySymbol(SymbolLoader[SentimentKey, SentimentTotals]):
    """The same in one sum, where nobody asks for the sources."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), SentimentTotals, shared=False)

    async def fetch(self, segment: tuple[Window, Source | None], params: list[str]) -> dict[str, SentimentTotals]:
        """Read one segment."""
        return await sentiment.sums(self.context.session, params, *segment)

    def missing(self) -> SentimentTotals:
        """Nobody spoke of it."""
        return SentimentTotals()
