"""Loads the simulated market, tops it up to now, and forgets what is older than the span.

A load writes week after week, oldest first, and starts from the newest simulated row it finds: so a first load, a load
that was interrupted and a top-up after a week's absence are the same thing. Rows that are not simulated, and stocks
that are really listed, are never touched.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from ingest.demo.bars import BAR_SECONDS
from ingest.demo.companies import COMPANY_COUNT, demo_companies
from ingest.demo.live import LiveMarket
from ingest.demo.simulation import Rows, Simulation
from ingest.demo.timeline import Span, Stretch, stretches
from ingest.demo.words import ID_PREFIX, LIVE_PREFIX, id_of
from ingest.listing import simulated_symbols, stocks_by_symbol
from storage import simulated
from storage.database import Database
from storage.deadline import Deadline
from storage.session import Session
from storage.terms import Source
from storage.write_posts import write_posts
from storage.write_prices import write_prices
from storage.write_stocks import write_stocks

DAYS = 65
_log = structlog.get_logger()
_SOURCES = [source.value for source in Source]


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did; `busy` when another process was loading already and nothing was done."""

    stocks: int = 0
    bars: int = 0
    posts: int = 0
    deleted: int = 0
    seconds: float = 0.0
    busy: bool = False


class Demo:
    """The demo's companies and their simulation; keep one to top up often, for it remembers the current weeks.

    `live` is the running market behind what was loaded: it moves the stocks that the last load found simulated.
    """

    def __init__(self, days: int = DAYS, company_count: int = COMPANY_COUNT) -> None:
        self._days = days
        self._companies = demo_companies(company_count)
        self._simulation = Simulation([company.symbol for company in self._companies])
        self._left_hour = -1
        self.live = LiveMarket(self._simulation.symbols)

    async def load(
        self, database: Database, now: datetime, on_progress: Callable[[float], None] = lambda _: None
    ) -> Report:
        """Bring the simulated data up to `now`; `on_progress` hears the share done, from 0 to 1."""
        begun = time.monotonic()
        async with simulated.only_loader(database, _deadline(database)) as alone:
            if not alone:
                return Report(busy=True)
            stocks = await self._list_companies(database)
            written = await simulated_symbols(database)
            span = Span(now, self._days)
            work = await self._missing(database, span, written)
            bars, posts = await self._write(database, work, written, on_progress)
            deleted = await self._forget(database, span) + await self._leave_real_stocks(database, span, written)
        self.live.follow(written, span.end_hour)
        on_progress(1.0)
        seconds = time.monotonic() - begun
        _log.info("demo_loaded", stocks=stocks, bars=bars, posts=posts, deleted=deleted, seconds=round(seconds, 1))
        return Report(stocks, bars, posts, deleted, seconds)

    async def _list_companies(self, database: Database) -> int:
        known = await stocks_by_symbol(database, self._simulation.symbols)
        new = [company for company in self._companies if company.symbol not in known]
        counts = await write_stocks(database, new)
        return counts.inserted

    async def _missing(self, database: Database, span: Span, written: frozenset[str]) -> list[Stretch]:
        session = Session(database, _deadline(database))
        symbols = [symbol for symbol in self._simulation.symbols if symbol in written]
        bars = await simulated.newest_bars(session, symbols, BAR_SECONDS, span.start)
        post = await simulated.newest_post(session, _SOURCES, (ID_PREFIX, LIVE_PREFIX))
        return list(stretches(span, symbols, bars, post))

    async def _write(
        self, database: Database, work: list[Stretch], written: frozenset[str], on_progress: Callable[[float], None]
    ) -> tuple[int, int]:
        """Write the stretches in order; the next one is simulated in a thread while PostgreSQL takes the last."""
        bars = posts = done = 0
        hours = sum(stretch.end_hour - stretch.first_hour + 1 for stretch in work)
        ahead = deque(work)
        upcoming = self._simulate(ahead, written)
        try:
            for stretch in work:
                rows = await upcoming
                upcoming = self._simulate(ahead, written)
                bars += (await write_prices(database, rows.bars)).inserted
                posts += (await write_posts(database, rows.posts)).inserted
                done += stretch.end_hour - stretch.first_hour + 1
                on_progress(done / hours)
        finally:
            upcoming.cancel()
        return bars, posts

    def _simulate(self, ahead: deque[Stretch], written: frozenset[str]) -> asyncio.Future[Rows]:
        """Begin to simulate the next stretch, if there is one."""
        if not ahead:
            return asyncio.get_running_loop().create_future()
        return asyncio.ensure_future(asyncio.to_thread(self._simulation.rows, ahead.popleft(), written))

    async def _forget(self, database: Database, span: Span) -> int:
        deleted = await simulated.delete_bars(database, self._simulation.symbols, BAR_SECONDS, span.start)
        for prefix in (ID_PREFIX, LIVE_PREFIX):
            for source in _SOURCES:
                deleted += await simulated.delete_posts(database, source, (prefix, id_of(span.start, prefix)))
        return deleted

    async def _leave_real_stocks(self, database: Database, span: Span, written: frozenset[str]) -> int:
        """Take the simulated rows off stocks that became real ones; looked for once an hour, for it reads many rows."""
        real = [symbol for symbol in self._simulation.symbols if symbol not in written]
        quotes = await simulated.delete_quotes(database, real) if real else 0
        if self._left_hour == span.end_hour:
            return quotes
        self._left_hour = span.end_hour
        left = list(await simulated.newest_bars(Session(database, _deadline(database)), real, BAR_SECONDS, span.start))
        if not left:
            return quotes
        deleted = quotes + await simulated.delete_mentions(database, left, span.start)
        return deleted + await simulated.delete_bars(database, left, BAR_SECONDS, span.now)


def _deadline(database: Database) -> Deadline:
    return Deadline.after(database.settings.deadlines.operation)
