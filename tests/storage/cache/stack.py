"""One process' stack over shared servers: its pool, its invalidation link, its row cache, and operations over them."""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from loaders.base import Loader
from loaders.context import RequestContext
from loaders.quote_by_symbol import QuoteBySymbol
from loaders.rows_afresh import reader
from loaders.stock_by_symbol import StockBySymbol
from ops.settings import Settings
from storage.cache.invalidation import Invalidations
from storage.cache.link import open_invalidations
from storage.cache.opening import find_origin, open_row_cache
from storage.cache.rows import RowCache
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.rows import QuoteRow, StockRow
from storage.session import Session
from storage.write_stocks import write_stocks
from tests.own_valkey import until

APPLE = StockRow("AAPL", "Apple", "NASDAQ", "Technology", None, 1, simulated=False)


@dataclass(frozen=True)
class Answered:
    """What an operation answered, and the names of the statements that it ran."""

    value: Any
    statements: list[str]
    tags: set[str]


@dataclass(frozen=True)
class Stack:
    """One process' view; each call is an operation of its own."""

    settings: Settings
    database: Database
    invalidations: Invalidations
    rows: RowCache

    def context(self, rows: RowCache | None) -> RequestContext:
        """Open an operation."""
        session = Session(self.database, Deadline.after(20))
        return RequestContext(session, self.settings, datetime.now(UTC), mark=self.invalidations.mark(), rows=rows)

    async def ask(self, loader: type[Loader[Any, Any, Any, Any]], key: Any, *, afresh: bool = False) -> Answered:
        """Load one key."""
        context = self.context(self.rows)
        if afresh:
            context.read_afresh()
        try:
            value = await context.loader(loader).load(key)
            return Answered(value, [record.name for record in context.session.statements], context.tags)
        finally:
            await context.aclose()

    async def stock(self, symbol: str = "AAPL") -> StockRow | None:
        """Load a stock."""
        answered: StockRow | None = (await self.ask(StockBySymbol, symbol)).value
        return answered

    async def quote(self, symbol: str = "AAPL") -> QuoteRow | None:
        """Load a quote."""
        answered: QuoteRow | None = (await self.ask(QuoteBySymbol, symbol)).value
        return answered

    async def settle(self) -> None:
        """Wait until what was read is kept."""
        await self.rows.background.idle()

    async def heard_all(self) -> None:
        """Wait until what was read is kept, and until every invalidation sent so far was heard."""
        await self.settle()
        now = time.monotonic()
        await until(lambda: self.invalidations.proved_at > now)

    async def warm(self, symbol: str = "AAPL") -> None:
        """Read until Redis and memory hold a stock: the first reading gives its tags their versions."""
        for _ in range(2):
            await self.ask(StockBySymbol, symbol, afresh=True)
            await self.heard_all()
        assert not (await self.ask(StockBySymbol, symbol)).statements

    async def worth(self, number: int, symbol: str = "AAPL") -> None:
        """Write a stock with this market cap, and tell."""
        await write_stocks(self.database, [StockRow(symbol, "A", "NASDAQ", None, None, number, simulated=False)])


@asynccontextmanager
async def open_stack(settings: Settings, *, trusted: bool = True) -> AsyncGenerator[Stack, None]:
    """Open a stack, and wait until its link is trusted and its database known.

    It asks Redis however quick the database is: on one machine, which of the two is quicker is a race.
    """
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings))
        invalidations = await opened.enter_async_context(open_invalidations(settings))
        rows = await opened.enter_async_context(open_row_cache(settings, database, invalidations))
        assert rows is not None
        rows.remote.patient = True
        stack = Stack(settings, database, invalidations, rows)
        rows.reader = reader(lambda: stack.context(None))
        rows.origin = await find_origin(database)
        if trusted:
            await until(lambda: invalidations.trusted)
        yield stack
