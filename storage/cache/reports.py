"""What running processes say of their caches: each tells Redis every few seconds, under a key that soon runs out."""

import os
import socket
import time
from typing import Any, Final

import msgspec
from redis.asyncio import Redis

from storage.cache.counts import Counts
from storage.cache.keys import COUNTERS_PREFIX
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

TELL_SECONDS: Final = 3.0
_KEPT_SECONDS: Final = 15
_MOST_PROCESSES: Final = 10_000


class Level(msgspec.Struct):
    """One level in memory: entries, and bytes in use and at most; look-ups since the process began."""

    entries: int
    bytes: int
    bound: int
    hits: int
    misses: int


class Report(msgspec.Struct):
    """One process' caches; `at` in seconds since 1970, `trusted` whether its memory is believed now."""

    process: str
    at: float
    trusted: bool
    heard: int
    rows: Level
    counts: Counts
    responses: Level | None = None


def this_process() -> str:
    """Name this process by host and number."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def tell(client: Redis, report: Report) -> None:
    """Tell of this process."""
    await client.set(COUNTERS_PREFIX + report.process, msgspec.msgpack.encode(report), ex=_KEPT_SECONDS)


async def take_back(client: Redis) -> None:
    """Tell that this process ends."""
    await client.unlink(COUNTERS_PREFIX + this_process())


async def reports_of(redis: RedisState) -> list[Report]:
    """Return what the processes that run now told last, by name. Raise `Unavailable` where Redis is away."""
    with redis_translated():
        return await _reports(connected(redis))


async def _reports(client: Redis) -> list[Report]:
    keys: list[bytes] = []
    async for key in client.scan_iter(match=COUNTERS_PREFIX.replace("{", "[{]").replace("}", "[}]") + "*", count=1_000):
        keys.append(key)
        if len(keys) >= _MOST_PROCESSES:
            break
    bodies: list[Any] = await client.mget(keys) if keys else []
    found = [msgspec.msgpack.decode(body, type=Report) for body in bodies if body is not None]
    return sorted((one for one in found if one.at > time.time() - 2 * _KEPT_SECONDS), key=lambda one: one.process)
