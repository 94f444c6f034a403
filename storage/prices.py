"""Quotes and candles of many symbols, one statement each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from storage.buckets import FIRST, LAST, ceiling, following, most_bars, raw_bound, widths_for
from storage.candle_statements import CANDLE_COUNTS, candles_statement
from storage.paging import Page, PageRequest, cut
from storage.quote_statement import QUOTES
from storage.rows import CandleRow, QuoteRow, Window
from storage.session import Session
from storage.terms import BucketSize

_ALL = Window(FIRST, LAST)


async def quotes(session: Session, symbols: Sequence[str]) -> dict[str, QuoteRow]:
    """Return each symbol's newest bar (of bars at one time the narrowest), and the last close of an earlier session."""
    rows = await session.fetch("quotes", QUOTES, list(symbols))
    return {
        row["symbol"]: QuoteRow(
            symbol=row["symbol"],
            price=row["price"],
            previous_close=row["previous_close"],
            volume=row["volume"],
            at=row["at"],
            simulated=row["simulated"],
        )
        for row in rows
    }


async def candles(
    session: Session, symbols: Sequence[str], bucket: BucketSize, during: Window | None, request: PageRequest
) -> dict[str, Page[CandleRow]]:
    """Return a page of each symbol's candles, whose starts lie in `during`; a position is (start,).

    A symbol's candles are all made of bars of one width: the coarsest that divides the bucket and has bars in `during`.
    """
    arguments = _arguments(symbols, bucket, during, request)
    sql = candles_statement(backward=request.backward)
    rows = await session.fetch("candles", sql, *arguments, bucket.value, request.limit + 1)
    found: defaultdict[str, list[CandleRow]] = defaultdict(list)
    for symbol, *values in rows:
        found[symbol].append(CandleRow(*values))
    return {symbol: cut(candles, request) for symbol, candles in found.items()}


async def candle_counts(
    session: Session, symbols: Sequence[str], bucket: BucketSize, during: Window | None
) -> dict[str, int]:
    """Count each symbol's candles whose starts lie in `during`."""
    arguments = _arguments(symbols, bucket, during, PageRequest(0))
    rows = await session.fetch("candle_counts", CANDLE_COUNTS, *arguments, bucket.value)
    return {row["symbol"]: row["number"] for row in rows}


async def series(
    session: Session, symbols: Sequence[str], bucket: BucketSize, during: Window | None, limit: int
) -> dict[str, list[CandleRow]]:
    """Return each symbol's newest `limit` candles whose starts lie in `during`, in the order of time."""
    pages = await candles(session, symbols, bucket, during, PageRequest(limit, backward=True))
    return {symbol: page.rows for symbol, page in pages.items()}


def _arguments(
    symbols: Sequence[str], bucket: BucketSize, during: Window | None, request: PageRequest
) -> tuple[object, ...]:
    """Return the statements' parameters: a range of bucket starts is another range of bars for each width."""
    asked = Window(ceiling((during or _ALL).start, bucket), ceiling((during or _ALL).end, bucket))
    scan = beyond(asked, bucket, request)
    widths = widths_for(bucket)
    bounds = [
        [raw_bound(start, width, bucket) for width in widths]
        for start in (asked.start, asked.end, scan.start, scan.end)
    ]
    enough = [(request.limit + 1) * most_bars(width, bucket) for width in widths]
    return list(symbols), widths, *bounds, enough


def beyond(asked: Window, bucket: BucketSize, request: PageRequest) -> Window:
    """Narrow a range of bucket starts to those after the request's position, or before it."""
    if request.position is None:
        return asked
    position = cast("datetime", request.position[0])
    if request.backward:
        return Window(asked.start, min(asked.end, ceiling(position, bucket)))
    return Window(max(asked.start, following(position, bucket)), asked.end)
