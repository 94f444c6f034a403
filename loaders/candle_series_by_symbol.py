"""Which candles does this stock have, as one series?"""

from typing import NamedTuple

from loaders.shapes import SymbolLoader
from ops.errors import BadArgument
from storage import prices
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.rows import CandleRow, Window
from storage.terms import BucketSize

FULL_SERIES = 10
"""Series of full length that the stocks of one statement may have between them: what it reads stays bounded."""


class CandleSeriesKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    bucket: BucketSize
    during: Window | None


class CandleSeriesBySymbol(SymbolLoader[CandleSeriesKey, list[CandleRow]]):
    """All candles, oldest first; a stock with too many is refused, so that no chart is cut unseen."""

    cached = RowPolicy(Seconds.FIVE_MINUTES, of_symbol("price"), list[CandleRow])

    async def fetch(
        self, segment: tuple[BucketSize, Window | None], params: list[str]
    ) -> dict[str, list[CandleRow] | Exception]:
        """Read one segment, of each stock one candle more than it may have."""
        limit = self.context.settings.limits.series
        most = max(1, min(limit, FULL_SERIES * limit // len(params)))
        found = await prices.series(self.context.session, params, *segment, most + 1)
        return {symbol: rows if len(rows) <= most else _too_many(most, len(params)) for symbol, rows in found.items()}

    def missing(self) -> list[CandleRow]:
        """Stocks without bars have an empty series."""
        return []


def _too_many(most: int, stocks: int) -> BadArgument:
    among = "" if stocks == 1 else f" for each of {stocks} stocks at once"
    return BadArgument(
        f"`priceSeries` holds at most {most} candles{among} and there are more; narrow `during` or widen `bucket`.",
        argument="during",
    )
