"""The running market: what each second brings, as a feed that is played into the intake beside a serving API.

A second brings a few quotes, favourites more often; the growing hour bars of some of these stocks; and now and then a
post. All of it follows from the second alone, so a second that is played twice brings the same again.
"""

import asyncio
import time
from bisect import bisect
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

import msgspec

from ingest.demo.bars import BAR_SECONDS, Bar
from ingest.demo.crowd import Crowd
from ingest.demo.market import Market, hour_of
from ingest.demo.noise import uniforms
from ingest.demo.popularity import popularity
from ingest.demo.ticks import HOUR_SECONDS, Ticks
from ingest.demo.words import live_post
from ingest.replay.feed import Chunk, TimedItem
from storage.buckets import EXCHANGE_ZONE
from storage.intake_items import CollectedBar, CollectedQuote, Item

CHECKPOINT = "demo"
QUOTES_PER_SECOND = 8
BARS_PER_SECOND = 2
CATCH_UP_SECONDS = 60
_POPULAR_SHARE = 0.75
_LOOK_SECONDS = 1.0
_ZONE = ZoneInfo(EXCHANGE_ZONE)


class Position(msgspec.Struct, frozen=True):
    """Behind everything that this Unix second brings."""

    second: int


class LiveMarket:
    """Gives what each second brings for the stocks that `follow` named last; the clock gives Unix seconds."""

    def __init__(self, symbols: list[str], clock: Callable[[], float] = time.time) -> None:
        market = Market(symbols)  # of its own: a load simulates in a thread, and a market remembers
        self._crowd = Crowd(market)
        self._ticks = Ticks(market)
        self._symbols = symbols
        self._clock = clock
        fame = popularity(symbols)
        self._shares = list(accumulate(fame[symbol] for symbol in symbols))
        self._written: frozenset[str] = frozenset()
        self._hour = -1

    def follow(self, written: frozenset[str], hour: int) -> None:
        """Move these stocks from now on; bars grow in the hour whose predecessors are all loaded.

        A bar that grows behind a gap would look like the end of what is loaded, and the gap would stay.
        """
        self._written, self._hour = written, hour

    async def after(self, checkpoint: bytes | None) -> AsyncGenerator[Chunk[Position], None]:
        """Give second after second when it has come, at most CATCH_UP_SECONDS late: what is older is left out."""
        last = msgspec.msgpack.decode(checkpoint, type=Position).second if checkpoint else 0
        while True:
            now = int(self._clock())
            last = min(max(last + 1, now - CATCH_UP_SECONDS), now + 1)  # a clock that went back is followed
            while (early := last - self._clock()) > 0:  # noqa: ASYNC110  no event tells the time
                await asyncio.sleep(min(early, _LOOK_SECONDS))
            at, end = datetime.fromtimestamp(last, UTC), Position(last)
            yield Chunk([TimedItem(at, item, end) for item in self.items(last)], end)

    def items(self, second: int) -> list[Item]:
        """Make what a Unix second brings."""
        moment = datetime.fromtimestamp(second, UTC)
        found: list[Item] = []
        for place, symbol in enumerate(self._quoted(second)):
            found.append(self._quote(symbol, second, moment))
            if place < BARS_PER_SECOND and hour_of(moment) == self._hour:
                found.append(_growing(self._ticks.growing(symbol, second)))
        sketch = self._crowd.live(second)
        if sketch is not None and self._written.issuperset(sketch.symbols):
            found.append(live_post(sketch))
        return found

    def _quoted(self, second: int) -> list[str]:
        """Choose the stocks that a second quotes: mostly favourites, and each stock now and then."""
        chosen = []
        for draw in uniforms(f"quoted:{second}", QUOTES_PER_SECOND):
            if draw < _POPULAR_SHARE:
                place = bisect(self._shares, draw / _POPULAR_SHARE * self._shares[-1])
            else:
                place = int((draw - _POPULAR_SHARE) / (1 - _POPULAR_SHARE) * len(self._symbols))
            chosen.append(self._symbols[min(place, len(self._symbols) - 1)])
        return [symbol for symbol in dict.fromkeys(chosen) if symbol in self._written]

    def _quote(self, symbol: str, second: int, moment: datetime) -> CollectedQuote:
        opening = moment.astimezone(_ZONE).replace(hour=0, minute=0, second=0)
        volume = self._ticks.volume(symbol, int(opening.timestamp()) // HOUR_SECONDS, second)
        return CollectedQuote(symbol, self._ticks.price(symbol, second), moment, volume=volume, simulated=True)


def _growing(bar: Bar) -> CollectedBar:
    return CollectedBar(
        bar.symbol, BAR_SECONDS, bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume, simulated=True
    )
