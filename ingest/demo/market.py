"""The simulated market: an hourly price path per symbol that any hour can be asked for, alone.

Log prices return to a level of their own: weekly anchors are a first-order autoregression cut after ANCHOR_MEMORY
weeks, and a Brownian bridge of hourly steps joins one anchor to the next. Both need only the numbers of their own
week, so a bar is the same in a first load and in any later top-up. The market never closes.
"""

import math
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.demo.noise import normals, uniforms

HOURS_PER_WEEK = 168
ANCHOR_MEMORY = 26
_ANCHOR_DECAY = 0.85
_DAYS_PER_WEEK_ROOT = math.sqrt(7)
_JUMP_CHANCE = 0.012
_JUMP_SCALE = 4.5
_FIRST_MONDAY_HOUR = 96  # 1970-01-05T00:00Z, counted in hours since 1970-01-01T00:00Z
_WEEKS_KEPT = 4


def hour_of(moment: datetime) -> int:
    """Whole hours from 1970-01-01T00:00Z to a moment."""
    return int(moment.timestamp() // 3_600)


def hour_start(hour: int) -> datetime:
    """Tell the moment at which an hour begins, in UTC."""
    return datetime.fromtimestamp(hour * 3_600, UTC)


@dataclass(frozen=True, slots=True)
class Character:
    """What makes a symbol's path its own: its level in dollars, and the usual move of a day as a fraction."""

    level: float
    daily_move: float

    @property
    def hourly_move(self) -> float:
        """The usual move of an hour, as a fraction."""
        return self.daily_move / math.sqrt(24)


def character_of(symbol: str) -> Character:
    """Draw a level between 15 and 600 dollars, and daily moves between 1 and 3.2 percent."""
    level, move = uniforms(f"character:{symbol}", 2)
    return Character(level=15 * 40**level, daily_move=0.01 + 0.022 * move**1.5)


class Market:
    """Price paths of a set of symbols; the newest few weeks stay in memory, the rest is generated again."""

    def __init__(self, symbols: list[str]) -> None:
        self.characters = {symbol: character_of(symbol) for symbol in symbols}
        self._weeks: dict[int, dict[str, array[float]]] = {}

    def log_price(self, symbol: str, hour: int) -> float:
        """Natural logarithm of the price at the start of an hour (which is the end of the hour before)."""
        week, offset = divmod(hour - _FIRST_MONDAY_HOUR, HOURS_PER_WEEK)
        return self._path(symbol, week)[offset]

    def log_prices(self, symbol: str, first_hour: int, end_hour: int) -> list[float]:
        """Log prices at the starts of the hours first_hour to end_hour, both included."""
        found: list[float] = []
        hour = first_hour
        while hour <= end_hour:
            week, offset = divmod(hour - _FIRST_MONDAY_HOUR, HOURS_PER_WEEK)
            part = self._path(symbol, week)[offset : min(HOURS_PER_WEEK, offset + end_hour - hour + 1)]
            found.extend(part)
            hour += len(part)
        return found

    def day_move(self, symbol: str, day: int) -> float:
        """Measure the move of a day (counted from 1970-01-01) in units of the symbol's usual daily move."""
        start = day * 24
        change = self.log_price(symbol, start + 24) - self.log_price(symbol, start)
        return change / self.characters[symbol].daily_move

    def hour_move(self, symbol: str, hour: int) -> float:
        """Measure the move of an hour in units of the symbol's usual hourly move."""
        change = self.log_price(symbol, hour + 1) - self.log_price(symbol, hour)
        return change / self.characters[symbol].hourly_move

    def _path(self, symbol: str, week: int) -> "array[float]":
        paths = self._weeks.get(week)
        if paths is None:
            paths = self._weeks[week] = {}
            for old in sorted(self._weeks)[:-_WEEKS_KEPT]:
                del self._weeks[old]
        path = paths.get(symbol)
        if path is None:
            path = paths[symbol] = _week_path(symbol, self.characters[symbol], week)
        return path


def _week_path(symbol: str, character: Character, week: int) -> "array[float]":
    """Log prices at the starts of the week's 168 hours: a bridge from this week's anchor to the next."""
    first, last = _anchor(symbol, character, week), _anchor(symbol, character, week + 1)
    steps = normals(f"steps:{symbol}:{week}", HOURS_PER_WEEK)
    jumps = uniforms(f"jumps:{symbol}:{week}", HOURS_PER_WEEK)
    walk, walked = array("d"), 0.0
    for step, jump in zip(steps, jumps, strict=True):
        walk.append(walked)
        walked += step * character.hourly_move * (_JUMP_SCALE if jump < _JUMP_CHANCE else 1.0)
    drift = (last - first - walked) / HOURS_PER_WEEK
    return array("d", (first + value + drift * hour for hour, value in enumerate(walk)))


def _anchor(symbol: str, character: Character, week: int) -> float:
    shocks = (normals(f"anchor:{symbol}:{week - age}", 1)[0] * _ANCHOR_DECAY**age for age in range(ANCHOR_MEMORY))
    return math.log(character.level) + sum(shocks) * character.daily_move * _DAYS_PER_WEEK_ROOT
