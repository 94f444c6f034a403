"""The invalidation link: one connection on which Redis tells of every version that changes, is lost, or runs out.

RESP3 client tracking in its broadcasting mode covers writes, evictions, expiries and flushes; a channel beside it is
for writers that a full server refuses. Pings prove that the link is alive, however silent: a half-open connection is
believed for a lease at most. Whatever breaks the link makes everything that is remembered uncertain.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ops.settings import Settings
from storage.cache.invalidation import Invalidations
from storage.cache.keys import LOST, VERSION_PREFIX, tag_of
from storage.cancellation import cancels_kept

PINGS_PER_LEASE: Final = 4
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0
_log = structlog.get_logger()


@asynccontextmanager
async def open_invalidations(settings: Settings) -> AsyncGenerator[Invalidations, None]:
    """Follow invalidations until the end of the block, connecting again whenever the link breaks.

    Without a Redis nothing is ever trusted, so nothing may be remembered.
    """
    invalidations = Invalidations(settings.cache.lease)
    if settings.redis_url is None:
        yield invalidations
        return
    following = asyncio.create_task(_follow(settings, invalidations))
    try:
        yield invalidations
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        invalidations.distrust()


async def _follow(settings: Settings, invalidations: Invalidations) -> None:
    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value() if settings.redis_url else "",
        max_connections=1,
        socket_timeout=settings.cache.lease,
        socket_connect_timeout=settings.deadlines.connect,
        protocol=3,
        retry=Retry(NoBackoff(), 0),  # this loop connects again, and knows what a new link means
    )
    pause, troubled = _FIRST_PAUSE, False
    while True:
        connection: Any = pool.make_connection()  # type: ignore[no-untyped-call]
        proved = invalidations.proofs
        try:
            await _Link(connection, invalidations, mends=troubled).run()
        except* (RedisError, OSError) as broken:
            reason = broken.exceptions[0]
            if not troubled or invalidations.proofs > proved:  # a Redis that stays away is told of once
                _log.warning("invalidation_link_broken", kind=type(reason).__name__, reason=str(reason))
            troubled = True
        finally:
            invalidations.distrust()
            await connection.disconnect(nowait=True)
        pause = _FIRST_PAUSE if invalidations.proofs > proved else min(2 * pause, _LONGEST_PAUSE)
        await asyncio.sleep(pause)


class _Link:
    """One connection's life: it follows from `run` on until something breaks it.

    With `mends` it comes after one that was broken, and its first sign of life is logged.
    """

    def __init__(self, connection: AbstractConnection, invalidations: Invalidations, *, mends: bool) -> None:
        self._connection: Any = connection
        self._mends = mends
        self._invalidations = invalidations
        self._pinged: list[float] = []

    async def run(self) -> None:
        """Follow until the link breaks, which raises."""
        connection = self._connection
        with cancels_kept():
            await connection.connect()
        connection._parser.set_invalidation_push_handler(self._hear)  # noqa: SLF001 - redis-py has no public way
        connection._parser.set_pubsub_push_handler(self._lose)  # noqa: SLF001
        with cancels_kept():
            await connection.send_command("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", VERSION_PREFIX)
            await connection.read_response(push_request=False)
            await connection.send_command("SUBSCRIBE", LOST)
        self._invalidations.lose()  # before this, nobody listened
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ping())
            tasks.create_task(self._read())

    async def _ping(self) -> None:
        """Ask for a sign of life, over and over."""
        while True:
            self._pinged.append(time.monotonic())
            self._invalidations.waiting_since = self._pinged[0]
            with cancels_kept():
                await self._connection.send_command("PING", check_health=False)
            await asyncio.sleep(self._invalidations.lease / PINGS_PER_LEASE)

    async def _read(self) -> None:
        """Take what comes; a lease of silence, in which pings stayed unanswered, breaks the link."""
        while True:
            with cancels_kept():
                answer = await self._connection.read_response(push_request=True)
            if answer in (b"PONG", "PONG") and self._pinged:
                self._invalidations.prove(self._pinged.pop(0))
                self._invalidations.waiting_since = self._pinged[0] if self._pinged else None
                if self._mends:
                    self._mends = False
                    _log.info("invalidation_link_mended")

    async def _hear(self, push: list[Any]) -> None:
        keys: list[bytes] | None = push[1]
        if keys is None:
            self._invalidations.lose()
            return
        try:
            self._invalidations.hear([tag_of(key) for key in keys])
        except Exception:  # noqa: BLE001 - redis-py would note it and go on, as if these writes had been heard of
            _log.exception("invalidation_not_heard", count=len(keys))
            self._invalidations.lose()

    async def _lose(self, push: list[Any]) -> None:
        if push[0] == b"message":
            self._invalidations.lose()
