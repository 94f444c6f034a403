"""What is still to be simulated, cut into stretches of a week: oldest first, so that an interrupted load can go on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.demo.market import hour_of, hour_start

_STRETCH_HOURS = 168


@dataclass(frozen=True, slots=True)
class Span:
    """The simulated past: `days` whole days of hours up to the last full hour, and the minutes since."""

    now: datetime
    days: int

    @property
    def end_hour(self) -> int:
        """The hour that is running; its bar is not complete, its posts come as time passes."""
        return hour_of(self.now)

    @property
    def first_hour(self) -> int:
        """The oldest hour that is kept."""
        return self.end_hour - self.days * 24

    @property
    def start(self) -> datetime:
        """The moment from which data is kept."""
        return hour_start(self.first_hour)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours to simulate: bars of each symbol from its hour of `bar_hours` on, posts written in [since, until)."""

    first_hour: int
    end_hour: int
    bar_hours: Mapping[str, int]
    since: datetime
    until: datetime


def stretches(
    span: Span, symbols: list[str], newest_bars: Mapping[str, datetime], newest_post: datetime | None
) -> Iterator[Stretch]:
    """Cut what is missing between the newest rows and now into stretches, in order of time.

    The newest post is written again: a write that ended within its second may have left others of it out. So are the
    newest bar and that of the last full hour: it may have been stored while it grew.
    """
    last_full = span.end_hour - 1
    starts = {
        symbol: max(span.first_hour, min(hour_of(newest_bars[symbol]), last_full) if symbol in newest_bars else 0)
        for symbol in symbols
    }
    since = max(span.start, newest_post or span.start)
    first = min([*starts.values(), hour_of(since)])
    while first <= span.end_hour:
        end = min(first - first % _STRETCH_HOURS + _STRETCH_HOURS, span.end_hour + 1)
        full = min(end, span.end_hour)
        bar_hours = {symbol: max(start, first) for symbol, start in starts.items() if start < full}
        yield Stretch(first, full, bar_hours, max(since, hour_start(first)), min(hour_start(end), span.now))
        first = end
