"""Connections between two leases: kept at hand, or handed to whoever waits longest.

The pool's own way back costs a task and a shield, and its way out another, some 25 microseconds for each statement.
Here a lease on the usual path is two list operations. Whatever is unusual (a failure, a cancelled statement, a
connection that nobody needed for a while) goes back to the pool, which knows how to end, expire and replace it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Connection = PoolConnectionProxy[asyncpg.Record]
else:
    Connection = PoolConnectionProxy  # generic in its type stubs only

SWEEP_SECONDS = 60.0
"""A connection that was not needed for one to two of these goes back to the pool, whose own timer closes it."""

RELEASE_SECONDS = 2.0
"""What a server may take to acknowledge the cancel of a statement; its connection is ended then."""


class Crowded(TimeoutError):
    """Connections went from hand to hand while the caller waited, so the server is well: there are many who ask."""


class Leases:
    """At most as many connections as the pool may open; waiters are served in the order in which they came."""

    __slots__ = ("_closing", "_idle", "_lent", "_most", "_pool", "_served", "_unused", "_waiters", "on_wait")

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._most = pool.get_max_size()
        self._idle: list[Connection] = []
        self._unused = 0  # how many of the idle ones, counted from the bottom, nobody took since the last sweep
        self._lent = 0
        self._served = 0
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._closing = False
        self.on_wait: Callable[[float], None] | None = None  # told in seconds of each wait, in vain or not

    @property
    def active(self) -> int:
        """How many connections are lent out, or being opened for somebody."""
        return self._lent - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return sum(not waiter.done() for waiter in self._waiters)

    def at_hand(self) -> Connection | None:
        """Return the sound connection that was used last, if one is at hand; else `lend` finds out what to do."""
        idle = self._idle
        if not idle or not open_still(idle[-1]):
            return None
        connection = idle.pop()
        self._unused = min(self._unused, len(idle))
        return connection

    async def lend(self, patience: float) -> Connection:
        """Return a connection, at once where one is at hand: the one used last, so that the others may grow old.

        Wait up to `patience` seconds; raise `Crowded` or TimeoutError then, or what the driver raises on connecting.
        """
        if (connection := self.at_hand()) is not None:
            return connection
        begun = perf_counter()
        try:
            return await self._found(patience)
        finally:
            if self.on_wait is not None:
                self.on_wait(perf_counter() - begun)

    async def _found(self, patience: float) -> Connection:
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        served = self._served
        while True:
            if self._idle:
                connection: Connection | None = self._idle.pop()
                self._unused = min(self._unused, len(self._idle))
            elif self._lent < self._most:
                return await self._borrow(until - loop.time())
            else:
                try:
                    connection = await self._turn(until, loop)
                except TimeoutError as error:
                    if self._served != served:
                        raise Crowded from error
                    raise
            if connection is not None:
                if open_still(connection):
                    return connection
                await self.release(connection)

    def put(self, connection: Connection) -> bool:
        """Take a sound connection back; False where it has to be released instead."""
        if self._closing:
            return False
        self._served += 1
        if not self._waiters or not self._handed(connection):
            self._idle.append(connection)
        return True

    async def release(self, connection: Connection) -> None:
        """Give a connection back to the pool, which ends it if it is not sound, and let the next waiter borrow one."""
        try:
            await self._pool.release(connection, timeout=RELEASE_SECONDS)
        finally:
            self._lent -= 1
            self._handed(None)

    async def sweep(self) -> None:
        """Every minute, release the connections that nobody needed meanwhile; runs until it is cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            surplus, self._idle = self._idle[: self._unused], self._idle[self._unused :]
            self._unused = len(self._idle)
            for connection in surplus:
                with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                    await self.release(connection)

    async def close(self) -> None:
        """Release what is at hand; what is lent follows when it comes back."""
        self._closing = True
        idle, self._idle = self._idle, []
        for connection in idle:
            await self.release(connection)

    async def _borrow(self, patience: float) -> Connection:
        self._lent += 1
        try:
            return await self._pool.acquire(timeout=patience)
        except BaseException:
            self._lent -= 1
            self._handed(None)
            raise

    async def _turn(self, until: float, loop: asyncio.AbstractEventLoop) -> Connection | None:
        """Wait for a connection, or, None, for leave to borrow one."""
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiters.append(waiter)
        timer = loop.call_at(until, _expire, waiter)
        try:
            return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._pass_on(waiter.result())  # it came in the same turn as the cancel
            else:
                with suppress(ValueError):
                    self._waiters.remove(waiter)
            raise
        finally:
            timer.cancel()

    def _pass_on(self, connection: Connection | None) -> None:
        if not self._handed(connection) and connection is not None:
            self._idle.append(connection)

    def _handed(self, connection: Connection | None) -> bool:
        """Give a connection, or leave to borrow one, to the first who still waits; False where nobody does."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False


def open_still(connection: Connection) -> bool:
    """Whether a connection can be used; the driver takes one that the server closed back by itself."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


def _expire(waiter: asyncio.Future[Connection | None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
