"""Series of sentiment: totals per bucket, of one symbol or of several side by side.

A point belongs to `during` when its bucket's start does; buckets are always whole. Without gaps to fill, buckets
without mentions are no points.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from storage import point_statements as statements
from storage.buckets import DAY, FIRST, LAST, ceiling, following
from storage.paging import Page, PageRequest, cut
from storage.prices import beyond
from storage.rows import PointRow, Window
from storage.sentiment_sums import totals
from storage.session import Session
from storage.terms import BucketSize, Source

_HOUR = BucketSize.HOUR.value
_ALL = Window(FIRST, LAST)


async def points(
    session: Session,
    symbols: Sequence[str],
    bucket: BucketSize,
    during: Window | None,
    source: Source | None,
    fill_gaps: bool,  # noqa: FBT001 - loaders spread a key over these parameters
    request: PageRequest,
) -> dict[str, Page[PointRow]]:
    """Return a page of each symbol's points; a position is (start,).

    With `fill_gaps` every bucket of `during` is a point, or of the time between a symbol's first mention and its last.
    """
    asked = starts(during, bucket)
    scan = beyond(asked, bucket, request)
    bounds = asked if fill_gaps else scan
    arguments = [
        *_common(symbols, [bounds.start] * len(symbols), [bounds.end] * len(symbols), source, bucket),
        request.limit + 1,
    ]
    if fill_gaps:
        rollups = bucket.value >= _HOUR
        sql = statements.filled_page(backward=request.backward, bounded=during is not None, rollups=rollups)
        arguments += [scan.start, scan.end, *([stored_width(bucket)] if rollups else [])]
    else:
        sql = _page_statement(bucket, source, request, arguments)
    rows = await session.fetch("sentiment_points", sql, *arguments)
    found: defaultdict[str, list[PointRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["time"], reverse=request.backward):
        found[row["symbol"]].append(PointRow(row["symbol"], row["time"], totals(row)))
    return {symbol: cut(points, request) for symbol, points in found.items()}


async def point_counts(
    session: Session,
    symbols: Sequence[str],
    bucket: BucketSize,
    during: Window | None,
    source: Source | None,
    fill_gaps: bool,  # noqa: FBT001 - loaders spread a key over these parameters
) -> dict[str, int]:
    """Count each symbol's points."""
    asked = starts(during, bucket)
    if fill_gaps and during is not None:
        number = max(0, (asked.end - asked.start) // timedelta(seconds=bucket.value))
        return dict.fromkeys(symbols, number)
    rollups = bucket.value >= _HOUR
    sql = statements.filled_counts(rollups=rollups) if fill_gaps else statements.counts(rollups=rollups)
    arguments = _common(symbols, [asked.start] * len(symbols), [asked.end] * len(symbols), source, bucket)
    rows = await session.fetch("point_counts", sql, *arguments, *([stored_width(bucket)] if rollups else []))
    return {row["symbol"]: row["number"] for row in rows}


async def points_across(
    session: Session, symbols: tuple[str, ...], bucket: BucketSize, during: Window | None, request: PageRequest
) -> Page[PointRow]:
    """Return one page of the points of several symbols, ordered by time and then symbol: a position is both."""
    asked = starts(during, bucket)
    scans = [_beyond_symbol(asked, bucket, request, symbol) for symbol in symbols]
    arguments = [
        *_common(symbols, [scan.start for scan in scans], [scan.end for scan in scans], None, bucket),
        request.limit + 1,
    ]
    few = 2 * (request.limit // max(1, len(symbols)) + 2)  # buckets of each; twice its share, since some have fewer
    if bucket.value < _HOUR:
        sql = statements.raw_page_across(backward=request.backward)
        arguments += [few]
    else:
        sql = statements.rollup_page_across(backward=request.backward)
        per_bucket = _rollups_per_bucket(bucket, None)
        arguments += [stored_width(bucket), (request.limit + 1) * per_bucket, few * per_bucket]
    rows = await session.fetch("points_across", sql, *arguments)
    return cut([PointRow(row["symbol"], row["time"], totals(row)) for row in rows], request)


async def points_across_count(
    session: Session, symbols: tuple[str, ...], bucket: BucketSize, during: Window | None
) -> int:
    """Count the points of several symbols."""
    found = await point_counts(session, symbols, bucket, during, None, fill_gaps=False)
    return sum(found.values())


def starts(during: Window | None, bucket: BucketSize) -> Window:
    """Return the bounds of the bucket starts that lie in `during`."""
    window = during or _ALL
    return Window(ceiling(window.start, bucket), ceiling(window.end, bucket))


def stored_width(bucket: BucketSize) -> int:
    """Return the width of the roll-ups that make a bucket, in seconds."""
    return DAY if bucket.value >= DAY else _HOUR


def _page_statement(bucket: BucketSize, source: Source | None, request: PageRequest, arguments: list[object]) -> str:
    if bucket.value < _HOUR:
        return statements.raw_page(backward=request.backward)
    arguments += [stored_width(bucket), (request.limit + 1) * _rollups_per_bucket(bucket, source)]
    return statements.rollup_page(backward=request.backward)


def _rollups_per_bucket(bucket: BucketSize, source: Source | None) -> int:
    return bucket.value // stored_width(bucket) * (1 if source else len(Source))


def _beyond_symbol(asked: Window, bucket: BucketSize, request: PageRequest, symbol: str) -> Window:
    """Narrow a range of bucket starts to those of a symbol that lie beyond the position (time, symbol)."""
    if request.position is None:
        return asked
    time, other = cast("tuple[datetime, str]", request.position)
    if request.backward:
        end = following(time, bucket) if symbol < other else ceiling(time, bucket)
        return Window(asked.start, min(asked.end, end))
    start = ceiling(time, bucket) if symbol > other else following(time, bucket)
    return Window(max(asked.start, start), asked.end)


def _common(
    symbols: Sequence[str],
    starts_: list[datetime],
    ends: list[datetime],
    source: Source | None,
    bucket: BucketSize,
) -> list[object]:
    return [list(symbols), starts_, ends, source.value if source else None, bucket.value]
