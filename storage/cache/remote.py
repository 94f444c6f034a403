"""The Redis level: values and the versions of their tags in one MGET, and a circuit that opens sooner than it costs.

Its connections are its own, with a deadline far below that of other commands: an answer that comes later than the
database's is of no use. While the invalidation link is not trusted, nobody asks.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ops.cache_settings import CacheSettings
from ops.errors import Unavailable
from ops.operation_record import BATCH_AT_WORK, CallRecord, Observe
from ops.settings import Settings
from storage.breaker import Breaker
from storage.cache.budget import Budget
from storage.cache.invalidation import Invalidations, new_version
from storage.cache.keys import FLIGHT_PREFIX, version_key
from storage.cancellation import cancels_kept

FLIGHT_MILLISECONDS: Final = 2_000
"""How long a flight keeps others waiting at most, if whoever began it died."""
WORTH: Final = 0.5
"""Redis is asked while it takes at most this share of the database's time: a miss then costs half as much again."""
JITTER: Final = 0.1
"""The share of its time by which a value may end earlier, so that what was stored together does not end together."""
_SLOW: Final = 0.01
_LEARNING: Final = 0.1
_LEARNED_MOST: Final = 2_000
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one MGET brought: the run of the server, the versions by tag, and the bodies in the order of the keys."""

    server: bytes
    versions: dict[str, bytes | None]
    bodies: list[bytes | None]


class Remote:
    """Every method answers as if nothing were stored where Redis is away, slow or full; `failures` counts those."""

    def __init__(self, client: Redis, settings: CacheSettings, invalidations: Invalidations) -> None:
        self.client = client
        self.server = b""
        self.failures = 0
        self.refused = 0
        self.patient = False
        self.observe: Observe | None = None  # told of every call, also of those that no operation waits for
        self._paces: dict[str, float] = {}
        self._connected = False
        self._deadline = settings.deadline
        self._budget = Budget(settings.redis_rate, time.monotonic)
        self._invalidations = invalidations
        self._breaker = Breaker(asyncio.get_running_loop().time, "cache")

    def worth_asking(self, loader: str) -> bool:
        """Whether the server is alive, as the link proves, and answers sooner than the database answers this loader.

        The link's pings tell how soon, so a Redis that has become slow costs no request more than the first few.
        """
        if not self._invalidations.trusted:
            return False
        if not self.patient and self._invalidations.round_trip > WORTH * self._paces.get(loader, _SLOW):
            return False
        try:
            self._breaker.admit()
        except Unavailable:
            return False
        return True

    async def read(self, tags: Sequence[str], keys: Sequence[str]) -> Reading | None:
        """Return the versions of tags and the bodies of keys as they stand at one instant."""
        server = self.server
        found = await self._ask("read", len(keys), self.client.mget([*map(version_key, tags), *keys]))
        if found is None or len(found) != len(tags) + len(keys):
            return None
        if server != self.server and server:
            return None  # it was restarted meanwhile: nobody knows which run this answer is of
        return Reading(self.server, dict(zip(tags, found, strict=False)), found[len(tags) :])

    async def take_flights(self, keys: Sequence[str]) -> set[str] | None:
        """Return those of the keys that nobody is reading; they are the caller's to read. None where Redis is away."""
        pipeline = self.client.pipeline(transaction=False)
        for key in keys:
            pipeline.set(FLIGHT_PREFIX + key, b"", nx=True, px=FLIGHT_MILLISECONDS)
        taken = await self._ask("take_flights", len(keys), pipeline.execute())
        return None if taken is None else {key for key, done in zip(keys, taken, strict=True) if done}

    async def store(
        self, bodies: Mapping[str, bytes], seconds: float, unknown: Sequence[str], flights: Sequence[str]
    ) -> None:
        """Keep bodies for up to so many seconds, give versions to tags that have none, and end flights."""
        pipeline = self.client.pipeline(transaction=False)
        for key, body in bodies.items():
            if not self._budget.spend(len(body)):
                self.refused += 1
                continue
            pipeline.set(key, body, px=max(1, int(seconds * 1_000 * random.uniform(1 - JITTER, 1))))  # noqa: S311
        for tag in unknown[:_LEARNED_MOST]:
            pipeline.set(version_key(tag), new_version(), nx=True)
        for key in flights:
            pipeline.unlink(FLIGHT_PREFIX + key)
        done = await self._ask("store", len(bodies), pipeline.execute(raise_on_error=False))
        self.refused += sum(isinstance(one, RedisError) for one in done or ())  # as by a server that is full

    def learn_pace(self, loader: str, seconds: float) -> None:
        """Note how long the database took to answer a batch of this loader."""
        known = self._paces.get(loader, seconds)
        self._paces[loader] = known + _LEARNING * (seconds - known)

    async def _ask(self, name: str, keys: int, answer: Any) -> Any:
        """Await an answer, or None; it is on record where a batch asks."""
        begun = time.perf_counter()
        found, ended = None, False
        try:
            found = await self._answered(answer)
            ended = True
        finally:
            seconds = time.perf_counter() - begun
            at_work = BATCH_AT_WORK.get()
            if at_work is not None:
                at_work.calls.append(CallRecord(name, begun, seconds, keys, at_work.number, found is not None))
            if self.observe is not None:
                self.observe(name, seconds, ended and found is None)  # whoever left has had no failure
        return found

    async def _answered(self, answer: Any) -> Any:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            with cancels_kept():
                async with asyncio.timeout(self._deadline):
                    found = await answer
        except (RedisError, OSError) as error:  # a TimeoutError is an OSError
            self.failures += 1
            self._breaker.failed()
            _log.debug("cache_not_answered", kind=type(error).__name__, reason=str(error))
            return None
        connected, self._connected = self._connected, False
        if self.patient or loop.time() - begun <= _SLOW:
            self._breaker.succeeded()
        elif not connected:  # which takes its time once
            self._breaker.failed()
        return found

    async def introduce(self, connection: AbstractConnection) -> None:
        """Learn, on every new connection and before its first command, on which run of the server it is."""
        self._connected = True
        await connection.on_connect()
        await connection.send_command("INFO", "server")
        told = await connection.read_response()
        text = told if isinstance(told, bytes) else str(told).encode()
        runs = [line[7:] for line in text.splitlines() if line.startswith(b"run_id:")]
        self.server = runs[0] if runs else new_version()


@asynccontextmanager
async def open_remote(settings: Settings, invalidations: Invalidations) -> AsyncGenerator[Remote, None]:
    """Open a pool for cached rows; the settings name a Redis, and no server is asked yet."""
    introductions: list[Remote] = []

    async def introduce(connection: AbstractConnection) -> None:
        await introductions[0].introduce(connection)

    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value() if settings.redis_url else "",
        max_connections=settings.cache.connections,
        timeout=settings.cache.deadline,
        socket_timeout=settings.cache.deadline,
        socket_connect_timeout=settings.deadlines.connect,
        protocol=3,
        redis_connect_func=introduce,
        retry=Retry(NoBackoff(), 1),  # a connection that a restarted server closed fails once
    )
    client = Redis.from_pool(pool)
    introductions.append(Remote(client, settings.cache, invalidations))
    try:
        yield introductions[0]
    finally:
        await client.aclose()
