"""Quotes and candles of many symbols, one statement each."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import cast

from storage.arrays import floats, instants, integers
from storage.buckets import FIRST, LAST, ceiling, following, most_bars, raw_bound, widths_for
from storage.candle_statements import candle_counts_statement, candles_statement
from storage.paging import Page, PageRequest, cut
from storage.quote_statement import QUOTES
from storage.rows import CandleRow, QuoteRow, Window
from storage.session import Session
from storage.symbols import listed
from storage.terms import BucketSize

_ALL = Window(FIRST, LAST)
_MORE = 4


async def quotes(session: Session, symbols: Sequence[str]) -> dict[str, QuoteRow]:
    """Return each symbol's newer of quote and newest bar, and the close before its session; see quote_statement.py."""
    rows = await session.fetch("quotes", QUOTES, listed(symbols))
    return {quote.symbol: quote for quote in starmap(QuoteRow, rows)}


async def candles(
    session: Session, symbols: Sequence[str], bucket: BucketSize, during: Window | None, request: PageRequest
) -> dict[str, Page[CandleRow]]:
    """Return a page of each symbol's candles, whose starts lie in `during`; a position is (start,).

    A symbol's candles are all made of bars of one width: the coarsest that divides the bucket and has bars in `during`.
    Where a bucket holds more bars than fit side by side, as two sources' hours from :00 and from :30, this takes more
    statements than one.
    """
    sql = candles_statement(len(widths_for(bucket)), backward=request.backward)
    share = 1
    while True:
        bounds = _bounds(bucket, during, request, share)
        rows = await session.fetch("candles", sql, listed(symbols), bucket.value, *bounds, request.limit + 1)
        found = [
            (symbol, bars >= enough, _candles(columns)) for symbol, enough, bars, *columns in rows if bars is not None
        ]
        # Bars that were read up to the bound and do not reach beyond the page: the last candle may lack some.
        if not any(bounded and len(made) <= request.limit for _, bounded, made in found):
            break
        share *= _MORE
    return {symbol: cut(made, request) for symbol, _, made in found}


def _candles(columns: Sequence[bytes]) -> list[CandleRow]:
    times, opens, highs, lows, closes, volumes = columns
    return list(
        map(CandleRow, instants(times), floats(opens), floats(highs), floats(lows), floats(closes), integers(volumes))
    )


async def candle_counts(
    session: Session, symbols: Sequence[str], bucket: BucketSize, during: Window | None
) -> dict[str, int]:
    """Count each symbol's candles whose starts lie in `during`."""
    bounds = _bounds(bucket, during, PageRequest(0), 1)
    sql = candle_counts_statement(len(widths_for(bucket)))
    rows = await session.fetch("candle_counts", sql, listed(symbols), bucket.value, *bounds)
    return {row["symbol"]: row["number"] for row in rows}


async def series(
    session: Session, symbols: Sequence[str], bucket: BucketSize, during: Window | None, limit: int
) -> dict[str, list[CandleRow]]:
    """Return each symbol's newest `limit` candles whose starts lie in `during`, in the order of time."""
    pages = await candles(session, symbols, bucket, during, PageRequest(limit, backward=True))
    return {symbol: page.rows for symbol, page in pages.items()}


@lru_cache(256)  # many ask for the same page of other stocks, and the dates take as long as the rest of a statement
def _bounds(bucket: BucketSize, during: Window | None, request: PageRequest, share: int) -> tuple[int | datetime, ...]:
    """Return the statements' options: a range of bucket starts is another range of bars for each width."""
    asked = Window(ceiling((during or _ALL).start, bucket), ceiling((during or _ALL).end, bucket))
    scan = beyond(asked, bucket, request)
    found: list[int | datetime] = []
    for width in widths_for(bucket):
        bounds = (raw_bound(start, width, bucket) for start in (asked.start, asked.end, scan.start, scan.end))
        found += [width, *bounds, share * (request.limit + 1) * most_bars(width, bucket)]
    return tuple(found)


def beyond(asked: Window, bucket: BucketSize, request: PageRequest) -> Window:
    """Narrow a range of bucket starts to those after the request's position, or before it."""
    if request.position is None:
        return asked
    position = cast("datetime", request.position[0])
    if request.backward:
        return Window(asked.start, min(asked.end, ceiling(position, bucket)))
    return Window(max(asked.start, following(position, bucket)), asked.end)
