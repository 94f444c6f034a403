"""Warming: what processes asked for most is read from the database, so that the next process finds it in Redis."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from loaders.base import Loader
from loaders.context import RequestContext, instant
from loaders.quote_by_symbol import QuoteBySymbol
from loaders.snapshot_by_timeframe import SnapshotByTimeframe
from loaders.stock_by_symbol import StockBySymbol
from ops.errors import Unavailable
from ops.settings import Settings
from storage import stocks
from storage.cache.asked import most_asked
from storage.cache.link import open_invalidations
from storage.cache.opening import find_origin, open_row_cache
from storage.database import open_database
from storage.deadline import Deadline
from storage.paging import PageRequest
from storage.redis_translation import redis_translated
from storage.session import Session
from storage.terms import Direction, StockOrderField, Timeframe

_AT_ONCE = 200
_PASSES = 2  # the first reading of a tag gives it a version, the second is kept
_TRUST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Warmed:
    """What was read: stocks, how they were chosen, and the answers that Redis has now."""

    stocks: int
    chosen_by: str
    entries: int
    seconds: float


async def warm_rows(settings: Settings, most: int) -> Warmed:
    """Read up to so many stocks into Redis. Raise `Unavailable` where a server is away."""
    begun = time.monotonic()
    patient = settings.cache.model_copy(update={"deadline": settings.deadlines.operation})  # nobody waits for this
    settings = settings.model_copy(update={"cache": patient})
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings))
        invalidations = await opened.enter_async_context(open_invalidations(settings))
        rows = await opened.enter_async_context(open_row_cache(settings, database, invalidations))
        if rows is None:
            raise Unavailable("Rows are not cached: no Redis is configured, or INSITECHART_CACHE_ROWS is false.")
        rows.origin, rows.remote.patient = await find_origin(database), True
        try:
            async with asyncio.timeout(_TRUST_SECONDS):
                while not invalidations.trusted:  # noqa: ASYNC110 - trust is a span of time, no event
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise Unavailable("Redis answers, but no invalidations come: may this user run CLIENT TRACKING?") from None

        def context() -> RequestContext:
            session = Session(database, Deadline.after(settings.deadlines.operation))
            return RequestContext(session, settings, instant(settings), rows=rows)

        with redis_translated():
            symbols, chosen_by = await most_asked(rows.remote.client, most), "most asked"
        if not symbols:
            session = Session(database, Deadline.after(settings.deadlines.operation))
            largest = StockOrderField.MARKET_CAP
            page = await stocks.page(session, stocks.StockFilter(), largest, Direction.DESC, PageRequest(most))
            symbols, chosen_by = [row.symbol for row in page.rows], "largest companies"
        work: list[tuple[type[Loader[object, object, object, object]], Sequence[object]]] = [
            (StockBySymbol, symbols),  # type: ignore[list-item]  # loaders of several kinds of keys
            (QuoteBySymbol, symbols),  # type: ignore[list-item]
            (SnapshotByTimeframe, list(Timeframe)),  # type: ignore[list-item]
        ]
        for _ in range(_PASSES):
            entries = 0
            for kind, keys in work:
                for start in range(0, len(keys), _AT_ONCE):
                    operation = context()
                    operation.read_afresh()
                    found = await operation.loader(kind).load_column(keys[start : start + _AT_ONCE])
                    entries += sum(one is not None and not isinstance(one, Exception) for one in found)
                    await rows.background.idle()
                    await operation.aclose()
        if rows.remote.failures or rows.remote.refused:
            raise Unavailable("Redis did not take what was read: it is full or slow.")
        return Warmed(len(symbols), chosen_by, entries, time.monotonic() - begun)
