"""The pool of PostgreSQL connections: every lease has a deadline, and a lost server is a coded error at once.

Opening never fails for want of a server: a process that starts before its database recovers by itself. Connections
come back as they left, without a reset round trip, which is right because no code changes a session's state.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy

from ops.errors import DeadlineExceeded, Unavailable
from ops.operation_record import Observe
from ops.settings import Settings
from storage.address import address
from storage.breaker import Breaker
from storage.cache.telling import Telling
from storage.cancellation import to_its_end
from storage.commented import commented
from storage.deadline import Deadline
from storage.leases import Connection, Crowded, Leases
from storage.pool_options import pool_options
from storage.redis import RedisState, open_redis
from storage.translation import OVERLOADED, UNREACHABLE, translated, translation, unavailable

__all__ = ["Connection", "Database", "open_database"]

_log = structlog.get_logger()

# A statement on its own is planned once, for any values. Those of writers gain from knowing theirs: bounds on time let
# TimescaleDB leave chunks out as it plans, and temporary tables are planned anew in any case.
_BEGIN = "BEGIN; SET LOCAL plan_cache_mode = auto"
_CLOSE_SECONDS = 3.0
_ROLLBACK_SECONDS = 1.0  # a connection that is dropped is rolled back as well
_STOPPED = (TimeoutError, DeadlineExceeded, asyncio.CancelledError)
"""Ends of a transaction that say nothing of whether the server still answers."""
_TELLING_SHARE = 0.5  # of the usual patience: from there on a wait tells something of the server


class Database:
    """Leases connections of one pool."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", settings: Settings, redis: RedisState | None = None
    ) -> None:
        self.settings = settings
        self.telling = Telling(redis or RedisState(None))
        self._patience = settings.deadlines.acquire
        self._pool = pool
        self.leases = Leases(pool)
        self.breaker = Breaker(asyncio.get_running_loop().time)
        self.observe: Observe | None = None  # told of every statement of every session, also outside operations
        self._ending: set[asyncio.Future[None]] = set()  # at most one for each connection of the pool

    @property
    def address(self) -> str:
        """Host, port and database, without user and password: for messages to an operator."""
        return address(self.settings)

    @property
    def size(self) -> int:
        """Connections that are open now."""
        return self._pool.get_size()

    async def fetch(
        self, deadline: Deadline, sql: str, args: tuple[Any, ...], comment: str | None = None
    ) -> list[asyncpg.Record]:
        """Run one statement on a connection found before the deadline: what `lease` does, without its machinery."""
        remaining = deadline.remaining()
        connection = None if self.breaker.failures else self.leases.at_hand()
        if connection is None:
            connection = await self._acquire(remaining)
            remaining = 0.0
        try:
            fetch = connection.fetch if comment is None else commented(connection, comment)
            rows: list[asyncpg.Record] = await fetch(sql, *args, timeout=remaining or deadline.remaining())
        except BaseException as error:
            public = translation(error)
            self._give_up(connection, lost=_lost(public, error))
            if public is None:
                raise
            raise public from error
        if not self.leases.put(connection):  # a statement on its own leaves no transaction open
            await self.leases.release(connection)
        return rows

    @asynccontextmanager
    async def lease(self, deadline: Deadline) -> AsyncGenerator[Connection, None]:
        """Lend a connection, found before the deadline; the driver's exceptions inside are translated."""
        connection = await self._acquire(deadline.remaining())
        try:
            with translated():
                yield connection
        except BaseException as error:
            self._give_up(connection, lost=_lost(error, error.__cause__))
            raise
        await self._release(connection)

    @asynccontextmanager
    async def transaction(self, deadline: Deadline, *, writes: bool = False) -> AsyncGenerator[Connection, None]:
        """Lend a connection, found before the deadline, inside a transaction; a failure rolls it back.

        With `writes` a cancel that comes while it commits waits for that, and for what the caller has to tell of it.
        The driver's own transactions wait without end for a server that is frozen.
        """
        seconds = self.settings.deadlines.operation
        async with self.lease(deadline) as connection:
            await connection.execute(_BEGIN, timeout=min(seconds, deadline.remaining()))
            try:
                yield connection
            except _STOPPED:
                raise  # the server may be frozen: what it has to undo is waited for beside the caller
            except BaseException:
                await _roll_back(connection)
                raise
            commit = connection.execute("COMMIT", timeout=seconds)
            await (to_its_end(commit) if writes else commit)

    async def ping(self, deadline: Deadline) -> None:
        """Ask the server for a sign of life; the cause of the `Unavailable` raised is the driver's own reason."""
        async with self.lease(deadline) as connection:
            await connection.fetchval("SELECT 1", timeout=deadline.remaining())

    async def _acquire(self, remaining: float) -> Connection:
        """Find a connection within the seconds that remain, or within those that one is to take at most."""
        patience = min(self._patience, remaining)
        self.breaker.admit()
        try:
            connection = await self.leases.lend(patience)
        except TimeoutError as error:
            full = isinstance(error, Crowded) or self._pool.get_size() == self._pool.get_max_size()
            if not full and patience >= _TELLING_SHARE * self._patience:
                self.breaker.failed()
                raise unavailable(error) from error
            if patience < self._patience:
                raise DeadlineExceeded("The operation ran out of time waiting for a database connection.") from error
            raise Unavailable("The database is busy.") from error
        except (*UNREACHABLE, *OVERLOADED) as error:
            self.breaker.failed()
            raise unavailable(error) from error
        except BaseException:
            with translated():
                raise
        if self.breaker.failures:
            self.breaker.succeeded()
        return connection

    async def _release(self, connection: Connection) -> None:
        if _in_transaction(connection):  # only a block that broke off leaves one open
            _drop(connection)
        elif self.leases.put(connection):
            return
        await self.leases.release(connection)

    def _give_up(self, connection: Connection, *, lost: bool) -> None:
        """Give back a connection that failed; the caller does not wait, for the server may never answer a cancel."""
        ending = asyncio.ensure_future(self._end(connection, lost=lost))
        self._ending.add(ending)
        ending.add_done_callback(self._ended)

    async def _end(self, connection: Connection, *, lost: bool) -> None:
        try:
            if not lost and _in_transaction(connection):
                await _roll_back(connection)
        finally:
            if lost or _in_transaction(connection):
                _drop(connection)
            await self.leases.release(connection)

    def _ended(self, ending: asyncio.Future[None]) -> None:
        self._ending.discard(ending)
        error = None if ending.cancelled() else ending.exception()
        if error is not None:
            _log.warning("connection_dropped", kind=type(error).__name__, reason=str(error))

    async def settle(self) -> None:
        """Wait until every connection that failed is back in the pool, or ended; each has a deadline."""
        while self._ending:
            await asyncio.wait(self._ending)

    async def close(self) -> None:
        """Release every connection and end the pool; what is not back in time is cut off."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self.settle()
                await self.leases.close()
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()
            for ending in self._ending:
                ending.cancel()
            await self.settle()


def _lost(public: BaseException | None, reason: BaseException | None) -> bool:
    return isinstance(public, Unavailable) and isinstance(reason, UNREACHABLE)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Database, None]:
    """Open the pool, warm what can be warmed, and close it at the end; an absent server is no failure here."""
    pool = asyncpg.create_pool(**pool_options(settings))
    async with open_redis(settings) as redis:  # nothing connects before a writer tells of a write
        await pool
        database = Database(pool, settings, redis)
        sweeping = asyncio.create_task(database.leases.sweep())
        try:
            await _warm(pool, settings)
            yield database
        finally:
            sweeping.cancel()
            await asyncio.wait({sweeping})
            await database.close()


def _in_transaction(connection: Connection) -> bool:
    try:
        return connection.is_in_transaction()
    except asyncpg.InterfaceError:
        return False  # the driver took a lost connection back by itself


async def _roll_back(connection: Connection) -> None:
    with suppress(TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await connection.execute("ROLLBACK", timeout=_ROLLBACK_SECONDS)


def _drop(connection: Connection) -> None:
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _warm(pool: "asyncpg.Pool[asyncpg.Record]", settings: Settings) -> None:
    """Open half of the pool at once; where the server is away, the first requests will try again."""
    wanted = max(1, settings.database_pool // 2)
    leases = [pool.acquire(timeout=settings.deadlines.connect) for _ in range(wanted)]
    for lease in await asyncio.gather(*leases, return_exceptions=True):
        if isinstance(lease, PoolConnectionProxy):
            await pool.release(lease)
        elif isinstance(lease, Exception):
            unavailable(lease)
