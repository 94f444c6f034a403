"""Do mentions and mood of a stock move with its price, and with what lag?"""

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

from loaders.correlation import CrossCorrelation, cross_correlate
from loaders.shapes import SymbolLoader
from storage import days
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.rows import DayRow


class CorrelationKey(NamedTuple):
    """A symbol, then what its segment shares: days back, the largest lag in days, the end (exclusive)."""

    symbol: str
    days: int
    max_lag: int
    until: datetime


class CorrelationBySymbol(SymbolLoader[CorrelationKey, CrossCorrelation]):
    """Correlation of daily mention counts and daily average scores with daily price changes."""

    cached = RowPolicy(Seconds.FIVE_MINUTES, of_symbol("mention", "price"), CrossCorrelation, shared=False)

    async def fetch(self, segment: tuple[int, int, datetime], params: list[str]) -> dict[str, CrossCorrelation]:
        """Read the days of one segment and correlate each symbol's."""
        length, max_lag, until = segment
        found = await days.days_by_symbol(self.context.session, params, length, until)
        empty: list[DayRow] = []
        first = (until - timedelta(days=length)).date()
        answers: dict[str, CrossCorrelation] = {}
        for symbol in params:
            answers[symbol] = cross_correlate(found.get(symbol, empty), max_lag, first, until.date())
            await asyncio.sleep(0)  # a year and 21 lags take 20 ms, and a page has a hundred stocks: let others run
        return answers
