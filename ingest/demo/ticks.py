"""Prices within an hour: a path that opens, turns and closes as the hour's bar says, asked for second by second.

A Brownian bridge with a knot every STEP_SECONDS joins open and close. Where it leaves the range between those two, the
part outside is scaled so that its furthest knot is the bar's high, or low: what is quoted never contradicts the bar.
"""

import math
from itertools import accumulate

from ingest.demo.bars import Bar, BarMaker
from ingest.demo.market import Market
from ingest.demo.noise import normals

STEP_SECONDS = 10
HOUR_SECONDS = 3_600
_STEPS = HOUR_SECONDS // STEP_SECONDS


class Ticks:
    """Prices of a market at any second; remembers the paths of one hour."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._bars = BarMaker(market)
        self._hour = -1
        self._paths: dict[str, tuple[Bar, list[float]]] = {}
        self._before: dict[tuple[str, int], int] = {}

    def price(self, symbol: str, second: int) -> float:
        """Give the price at a Unix second, in whole cents, in dollars."""
        hour, into = divmod(second, HOUR_SECONDS)
        _, path = self._path(symbol, hour)
        step, beyond = divmod(into, STEP_SECONDS)
        return round(path[step] + (path[step + 1] - path[step]) * beyond / STEP_SECONDS, 2)

    def growing(self, symbol: str, second: int) -> Bar:
        """Give the hour's bar as it stands at a Unix second; its volume comes in evenly."""
        hour, into = divmod(second, HOUR_SECONDS)
        bar, path = self._path(symbol, hour)
        price = self.price(symbol, second)
        so_far = [*path[: into // STEP_SECONDS + 1], price]
        volume = bar.volume * into // HOUR_SECONDS
        return Bar(symbol, bar.time, bar.open, max(so_far), min(so_far), price, volume)

    def volume(self, symbol: str, first_hour: int, second: int) -> int:
        """Count what was traded from the start of an hour to a Unix second."""
        hour = second // HOUR_SECONDS
        now = self.growing(symbol, second).volume
        if (symbol, first_hour) not in self._before:
            whole = self._bars.bars(symbol, first_hour, hour)
            self._before[symbol, first_hour] = sum(bar.volume for bar in whole)
        return self._before[symbol, first_hour] + now

    def _path(self, symbol: str, hour: int) -> tuple[Bar, list[float]]:
        if self._hour != hour:
            self._hour, self._paths, self._before = hour, {}, {}
        if symbol not in self._paths:
            (bar,) = self._bars.bars(symbol, hour, hour + 1)
            self._paths[symbol] = bar, _bent(bar, self._bridge(bar, hour))
        return self._paths[symbol]

    def _bridge(self, bar: Bar, hour: int) -> list[float]:
        """Join the logarithms of open and close by a random walk with the hour's usual spread."""
        spread = self._market.characters[bar.symbol].hourly_move / math.sqrt(_STEPS)
        steps = normals(f"ticks:{bar.symbol}:{hour}", _STEPS)
        walk = list(accumulate((spread * step for step in steps), initial=math.log(bar.open)))
        drift = (math.log(bar.close) - walk[-1]) / _STEPS
        return [value + drift * step for step, value in enumerate(walk)]


def _bent(bar: Bar, bridge: list[float]) -> list[float]:
    """Bend a bridge into the bar's range, as prices in cents; it touches high and low where it went beyond."""
    top, bottom = math.log(max(bar.open, bar.close)), math.log(min(bar.open, bar.close))
    above, below = max(bridge) - top, bottom - min(bridge)
    up = (math.log(bar.high) - top) / above if above > 0 else 0.0
    down = (bottom - math.log(bar.low)) / below if below > 0 else 0.0
    path = []
    for value in bridge:
        over, under = max(value - top, 0.0), max(bottom - value, 0.0)
        price = math.exp(value - over * (1 - up) + under * (1 - down))
        path.append(min(max(round(price, 2), bar.low), bar.high))
    path[0], path[-1] = bar.open, bar.close
    return path
