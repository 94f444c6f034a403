"""A window cut into pieces that roll-ups hold whole and raw edges that they do not: together they are exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.buckets import ceiling, floor
from storage.rows import Window
from storage.terms import BucketSize

RAW = 0
_FINER = {BucketSize.DAY: BucketSize.HOUR.value, BucketSize.HOUR: RAW}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time [start, end) to be read from roll-ups of a width in seconds, or from raw rows (`RAW`)."""

    width: int
    start: datetime
    end: datetime


def spans(window: Window) -> list[Span]:
    """Cut a window into days, hours before and after them, and raw edges; empty pieces are left out."""
    return [span for span in _cut(window, (BucketSize.HOUR, BucketSize.DAY)) if span.start < span.end]


def _cut(window: Window, widths: Sequence[BucketSize]) -> list[Span]:
    """Cut off what the first width does not hold whole, and cut the rest by the wider ones."""
    if not widths:
        return [Span(BucketSize.DAY.value, window.start, window.end)]
    width, *wider = widths
    finer = _FINER[width]
    whole = Window(ceiling(window.start, width), floor(window.end, width))
    if whole.start >= whole.end:
        return [Span(finer, window.start, window.end)]
    return [Span(finer, window.start, whole.start), *_cut(whole, wider), Span(finer, whole.end, window.end)]
