"""Which candles does this stock have on this page? And how many in all?"""

from typing import NamedTuple

from loaders.shapes import SymbolLoader
from storage import prices
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.paging import Page, PageRequest
from storage.rows import CandleRow, Window
from storage.terms import BucketSize


class CandlePageKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    bucket: BucketSize
    during: Window | None
    request: PageRequest


class CandlePageBySymbol(SymbolLoader[CandlePageKey, Page[CandleRow]]):
    """One page of candles, oldest first."""

    cached = RowPolicy(Seconds.FIVE_MINUTES, of_symbol("price"), Page[CandleRow])

    async def fetch(
        self, segment: tuple[BucketSize, Window | None, PageRequest], params: list[str]
    ) -> dict[str, Page[CandleRow]]:
        """Read one segment."""
        return await prices.candles(self.context.session, params, *segment)

    def missing(self) -> Page[CandleRow]:
        """Stocks without bars have an empty page."""
        return Page([], has_next=False, has_previous=False)


class CandleCountKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    bucket: BucketSize
    during: Window | None


class CandleCountBySymbol(SymbolLoader[CandleCountKey, int]):
    """How many candles there are."""

    cached = RowPolicy(Seconds.FIVE_MINUTES, of_symbol("price"), int)

    async def fetch(self, segment: tuple[BucketSize, Window | None], params: list[str]) -> dict[str, int]:
        """Count one segment."""
        return await prices.candle_counts(self.context.session, params, *segment)

    def missing(self) -> int:
        """Stocks without bars have none."""
        return 0
