"""The windows behind a snapshot: this one, the one before, and those of the same hours of earlier weeks.

A stock's baseline is the same window shifted back by whole weeks, so that a Monday morning is compared with Monday
mornings: by 1 to 8 weeks, and for a month, which is longer than four weeks, by 5, 10, ... 40, so that none overlap.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.rows import Window
from storage.terms import Timeframe
from storage.windows import RAW, Span, spans

FEWEST = 4
"""Earlier windows since a stock's first mention without which there is no z-score."""
MOST = 8
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Windows:
    """All windows that a snapshot reads; the first is its own, the second the one before it."""

    all: tuple[Window, ...]
    baseline: tuple[int, ...]

    @property
    def arguments(self) -> tuple[list[object], ...]:
        """Parameters of the statement: places and starts of the baseline, then spans of roll-ups, then raw edges."""
        pieces = [(place, span) for place, window in enumerate(self.all) for span in spans(window)]
        rolled = [piece for piece in pieces if piece[1].width != RAW]
        edges = [piece for piece in pieces if piece[1].width == RAW]
        places, widths, starts, ends = _columns(rolled)
        edge_places, _, edge_starts, edge_ends = _columns(edges)
        baseline_starts: list[object] = [self.all[place].start for place in self.baseline]
        return list(self.baseline), baseline_starts, places, widths, starts, ends, edge_places, edge_starts, edge_ends


def windows_of(timeframe: Timeframe, instant: datetime) -> Windows:
    """Return the windows of the snapshot that ends at `instant`."""
    length = timeframe.length
    step = -(-length // _WEEK) * _WEEK
    this = Window(instant - length, instant)
    earlier = [Window(this.start - step * number, this.end - step * number) for number in range(1, MOST + 1)]
    every = tuple(dict.fromkeys((this, Window(this.start - length, this.start), *earlier)))
    return Windows(every, tuple(every.index(window) for window in earlier))


def _columns(pieces: list[tuple[int, Span]]) -> tuple[list[object], list[object], list[object], list[object]]:
    return (
        [place for place, _ in pieces],
        [span.width for _, span in pieces],
        [span.start for _, span in pieces],
        [span.end for _, span in pieces],
    )
