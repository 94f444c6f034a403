"""Simulated posts: when they are written, about which stock, in what mood.

The number of posts per hour follows the day's cycle and is fixed, so any POSTS_PERIOD_HOURS in a row hold exactly
POSTS_PER_PERIOD. Which stocks they name is drawn: favourites more often, and any stock far more often on a day and in
an hour when its price jumps. The mood leans on today's move and a little on tomorrow's, so that sentiment
correlates with prices, also with a lag.

While somebody watches, the same crowd is livelier: besides the posts of history, a second may bring a live one.
"""

import math
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from ingest.demo.market import Market, hour_start
from ingest.demo.noise import uniforms
from ingest.demo.popularity import popularity
from storage.terms import Source

POSTS_PER_PERIOD = 100_000
POSTS_PERIOD_HOURS = 65 * 24
LIVE_PER_MINUTE = 12
_HOUR_WEIGHTS = (3, 2, 2, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 12, 11, 10, 10, 11, 9, 7, 5, 4)
_DAY_WEIGHT = sum(_HOUR_WEIGHTS)
_PERIOD_WEIGHT = _DAY_WEIGHT * POSTS_PERIOD_HOURS // 24
_CHATTER_CHANCE = 0.004
_CHATTER_FACTOR = 12.0
_PAIR_SHARE = 0.06
_SOURCES = ((0.56, Source.REDDIT), (0.92, Source.X), (1.0, Source.NEWS))


@dataclass(frozen=True, slots=True)
class Sketch:
    """One post before it has words: `number` counts within the hour, `mood` lies in (-1, 1), `rolls` choose words."""

    number: int
    posted_at: datetime
    source: Source
    symbols: tuple[str, ...]
    mood: float
    rolls: tuple[float, ...]


class Crowd:
    """Sketches the posts of any hour, alone."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._fame = popularity(list(market.characters))
        self._symbols = list(self._fame)
        self._day: tuple[int, list[float]] = (-1, [])
        self._shares: tuple[int, list[float]] = (-1, [])

    def hour(self, hour: int) -> Iterator[Sketch]:
        """Sketch the posts of one hour, in order of time."""
        count = posts_until(hour + 1) - posts_until(hour)
        for place in range(count):
            draw = uniforms(f"post:{hour}:{place}", 12)
            seconds = round((place + draw[3]) / count * 3_599, 3)
            yield self._sketch(place, hour, seconds, draw)

    def live(self, second: int) -> Sketch | None:
        """Sketch the live post of a Unix second, if it brings one; its number is the second within the hour."""
        chance, *draw = uniforms(f"live:{second}", 13)
        if chance >= LIVE_PER_MINUTE / 60:
            return None
        hour, place = divmod(second, 3_600)
        return self._sketch(place, hour, place + round(draw[3] * 0.999, 3), draw)

    def _sketch(self, number: int, hour: int, seconds: float, draw: list[float]) -> Sketch:
        if self._shares[0] != hour:
            self._shares = (hour, list(accumulate(self._interest(hour))))
        shares = self._shares[1]
        first = self._symbols[min(bisect(shares, draw[0] * shares[-1]), len(shares) - 1)]
        second = self._symbols[min(bisect(shares, draw[1] * shares[-1]), len(shares) - 1)]
        pair = draw[2] < _PAIR_SHARE and second != first
        return Sketch(
            number=number,
            posted_at=hour_start(hour) + timedelta(seconds=seconds),
            source=next(source for bound, source in _SOURCES if draw[4] < bound),
            symbols=(first, second) if pair else (first,),
            mood=self._mood(first, hour // 24),
            rolls=tuple(draw[5:]),
        )

    def _interest(self, hour: int) -> list[float]:
        day = hour // 24
        if self._day[0] != day:
            self._day = (day, [fame * self._day_factor(symbol, day) for symbol, fame in self._fame.items()])
        return [
            weight * (1.0 + min(abs(self._market.hour_move(symbol, hour)), 6.0) ** 2 / 4)
            for symbol, weight in zip(self._symbols, self._day[1], strict=True)
        ]

    def _day_factor(self, symbol: str, day: int) -> float:
        burst = math.exp(0.9 * min(abs(self._market.day_move(symbol, day)), 4.0))
        chatter = uniforms(f"chatter:{symbol}:{day}", 1)[0] < _CHATTER_CHANCE
        return burst * (_CHATTER_FACTOR if chatter else 1.0)

    def _mood(self, symbol: str, day: int) -> float:
        today, tomorrow = self._market.day_move(symbol, day), self._market.day_move(symbol, day + 1)
        return math.tanh(0.55 * today + 0.3 * tomorrow + 0.1)


def posts_until(hour: int) -> int:
    """Count the posts written from 1970-01-01T00:00Z to the start of an hour."""
    days, hours = divmod(hour, 24)
    weight = days * _DAY_WEIGHT + sum(_HOUR_WEIGHTS[:hours])
    return weight * POSTS_PER_PERIOD // _PERIOD_WEIGHT
