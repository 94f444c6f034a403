"""Hourly bars from the simulated paths: open to close along the path, volume by hour, weekday and excitement."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ingest.demo.market import Market, hour_start
from ingest.demo.noise import uniforms
from ingest.demo.popularity import popularity

BAR_SECONDS = 3_600
_BUSY_HOUR = 17.5  # UTC; the middle of a New York session
_WEEKEND_SHARE = 0.35
_FIRST_DAY_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One simulated hour; prices in whole cents, in dollars."""

    symbol: str
    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int


class BarMaker:
    """Makes the bars of a set of symbols."""

    def __init__(self, market: Market) -> None:
        self._market = market
        fame = popularity(list(market.characters))
        self._turnover = {symbol: 4.0e7 * fame[symbol] + 4.0e5 for symbol in fame}  # dollars in a plain hour

    def bars(self, symbol: str, first_hour: int, end_hour: int) -> Iterator[Bar]:
        """Bars of the hours first_hour to end_hour (not included), in order."""
        logs = self._market.log_prices(symbol, first_hour, end_hour)
        character = self._market.characters[symbol]
        shares = self._turnover[symbol] / character.level
        closing = _cents(math.exp(logs[0])) if logs else 0.0
        for place, hour in enumerate(range(first_hour, end_hour)):
            above, below, crowd = uniforms(f"bar:{symbol}:{hour}", 3)
            reach = 0.8 * character.hourly_move
            opening, closing = closing, _cents(math.exp(logs[place + 1]))
            top, bottom = max(opening, closing), min(opening, closing)
            high = _cents(top * (1 + reach * above**2))
            low = _cents(bottom * (1 - reach * below**2))
            excitement = 1 + abs(logs[place + 1] - logs[place]) / character.hourly_move
            volume = int(shares * activity(hour) * excitement * math.exp(0.9 * (crowd - 0.5)))
            yield Bar(symbol, hour_start(hour), opening, high, low, closing, volume)


def activity(hour: int) -> float:
    """How busy an hour is by its place in the day and in the week; 1.0 in the middle of a working day."""
    day, hour_of_day = divmod(hour, 24)
    distance = abs(hour_of_day + 0.5 - _BUSY_HOUR)
    cycle = 0.12 + 0.88 * math.exp(-((min(distance, 24 - distance) / 4.0) ** 2))
    weekend = (day + _FIRST_DAY_WEEKDAY) % 7 >= 5  # noqa: PLR2004  # Saturday is 5
    return cycle * (_WEEKEND_SHARE if weekend else 1.0)


def _cents(price: float) -> float:
    return max(round(price, 2), 0.01)
