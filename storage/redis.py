"""The connection to Redis or Valkey. Its absence is never fatal: callers go on without, and `/readyz` says so."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ops.settings import Settings
from storage.cancellation import cancels_kept

_log = structlog.get_logger()


class RedisState:
    """`client` is None where no Redis is configured."""

    __slots__ = ("client",)

    def __init__(self, client: Redis | None) -> None:
        self.client = client

    async def ping(self) -> bool:
        """Whether a server answers within the Redis deadline."""
        if self.client is None:
            return False
        try:
            with cancels_kept():
                return bool(await self.client.ping())
        except (RedisError, OSError) as error:
            _log.warning("redis_unavailable", kind=type(error).__name__, reason=str(error))
            return False


@asynccontextmanager
async def open_redis(settings: Settings) -> AsyncGenerator[RedisState, None]:
    """Open a bounded pool whose callers wait for a connection, and close it at the end; no server is asked yet."""
    if settings.redis_url is None:
        yield RedisState(None)
        return
    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=settings.redis_pool,
        timeout=settings.deadlines.redis,
        socket_timeout=settings.deadlines.redis,
        socket_connect_timeout=settings.deadlines.connect,
        protocol=3,
        retry=Retry(NoBackoff(), 1),  # a connection that a restarted server closed fails once
    )
    client = Redis.from_pool(pool)
    try:
        yield RedisState(client)
    finally:
        await client.aclose()
