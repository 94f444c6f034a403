"""Which candles does this stock have, as one series?"""

from typing import NamedTuple

from loaders.base import SymbolLoader
from storage import prices
from storage.rows import CandleRow, Window
from storage.terms import BucketSize


class CandleSeriesKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    bucket: BucketSize
    during: Window | None
    limit: int


class CandleSeriesBySymbol(SymbolLoader[CandleSeriesKey, list[CandleRow]]):
    """The newest `limit` candles, oldest first."""

    async def fetch(
        self, segment: tuple[BucketSize, Window | None, int], params: list[str]
    ) -> dict[str, list[CandleRow]]:
        """Read one segment."""
        return await prices.series(self.context.session, params, *segment)

    def missing(self) -> list[CandleRow]:
        """Stocks without bars have an empty series."""
        return []
