"""The whole simulation as one object: asked for a stretch of hours, it gives the rows to write."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.demo.bars import BAR_SECONDS, BarMaker
from ingest.demo.crowd import Crowd
from ingest.demo.market import Market, hour_of
from ingest.demo.timeline import Stretch
from ingest.demo.words import Writer
from ingest.sentiment import Scorer
from storage.write_posts import PostRecord
from storage.write_prices import PriceRecord


@dataclass(frozen=True, slots=True)
class Rows:
    """The bars and posts of one stretch."""

    bars: list[PriceRecord]
    posts: list[PostRecord]


class Simulation:
    """Simulates the symbols given at its making; which of them are written does not change what is simulated."""

    def __init__(self, symbols: list[str]) -> None:
        market = Market(symbols)
        self.symbols = symbols
        self._bars = BarMaker(market)
        self._crowd = Crowd(market)
        self._writer = Writer(Scorer())

    def rows(self, stretch: Stretch, written: frozenset[str]) -> Rows:
        """Make the rows of a stretch; `written` are the symbols whose stock is simulated."""
        return Rows(list(self._price_rows(stretch)), list(self._post_rows(stretch, written)))

    def _price_rows(self, stretch: Stretch) -> Iterator[PriceRecord]:
        for symbol, first_hour in stretch.bar_hours.items():
            for bar in self._bars.bars(symbol, first_hour, stretch.end_hour):
                yield PriceRecord(
                    bar.symbol,
                    BAR_SECONDS,
                    bar.time,
                    bar.open,
                    bar.high,
                    bar.low,
                    bar.close,
                    bar.volume,
                    simulated=True,
                )

    def _post_rows(self, stretch: Stretch, written: frozenset[str]) -> Iterator[PostRecord]:
        first_hour = hour_of(stretch.since)
        for hour in range(first_hour, hour_of(stretch.until) + 1):
            for sketch in self._crowd.hour(hour):
                if stretch.since <= sketch.posted_at < stretch.until and written.issuperset(sketch.symbols):
                    yield self._writer.post(sketch)
