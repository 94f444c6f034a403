"""Sums over mentions: of windows, exact to the instant, and of sectors."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from storage.rows import SectorTotals, SentimentTotals, SourceTotals, Window
from storage.sentiment_points import point_counts, points, points_across, points_across_count
from storage.sentiment_statements import SECTORS, SUMS, TOTALS
from storage.sentiment_sums import totals as read_totals
from storage.session import Session
from storage.symbols import listed
from storage.terms import SOURCES, Source
from storage.windows import RAW, spans

_EDGES = 2
"""A window has at most so many raw edges: before its first whole hour, and after its last."""
_WINDOWS = 64
"""Windows whose pieces are remembered: all requests within a tick have the same few, and cutting one takes 12 us."""

__all__ = ["point_counts", "points", "points_across", "points_across_count", "sectors", "sums", "totals"]


async def totals(
    session: Session, symbols: Sequence[str], window: Window, source: Source | None
) -> dict[str, list[SourceTotals]]:
    """Return each symbol's totals in the window by source; equal to the same sums over the raw rows."""
    rows = await session.fetch(
        "sentiment_totals", TOTALS, listed(symbols), source and source.value, *_bounds_of_totals(window)
    )
    found: defaultdict[str, list[SourceTotals]] = defaultdict(list)
    for symbol, source_name, *sums in rows:
        found[symbol].append(SourceTotals(SOURCES[source_name], SentimentTotals(*sums)))
    return found


async def sums(
    session: Session, symbols: Sequence[str], window: Window, source: Source | None
) -> dict[str, SentimentTotals]:
    """Return what the `totals` of each symbol add up to; silent symbols are left out."""
    rows = await session.fetch(
        "sentiment_sums", SUMS, listed(symbols), source and source.value, *_bounds_of_totals(window)
    )
    return {symbol: SentimentTotals(*each) for symbol, *each in rows}


async def sectors(session: Session, window: Window) -> list[SectorTotals]:
    """Return the totals of every sector that lists a stock, mentioned in the window or not."""
    rows = await session.fetch("sentiment_sectors", SECTORS, *span_arguments(window))
    return [SectorTotals(row["sector"], row["stock_count"], read_totals(row)) for row in rows]


@lru_cache(maxsize=_WINDOWS)
def _bounds_of_totals(window: Window) -> tuple[object, ...]:
    *rolled, starts, ends = span_arguments(window)
    none = [window.end] * _EDGES
    first, second, *_ = zip([*starts, *none], [*ends, *none], strict=True)
    return (*rolled, *first, *second)


def span_arguments(window: Window) -> tuple[list[object], ...]:
    """Return a window's spans as parameters: widths, starts and ends of roll-ups, starts and ends of raw edges."""
    pieces = spans(window)
    rolled = [span for span in pieces if span.width != RAW]
    edges = [span for span in pieces if span.width == RAW]
    return (
        [span.width for span in rolled],
        [span.start for span in rolled],
        [span.end for span in rolled],
        [edge.start for edge in edges],
        [edge.end for edge in edges],
    )
