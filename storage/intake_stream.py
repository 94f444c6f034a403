"""The collectors' end of the intake: items and the collector's checkpoint enter Redis in one atomic step.

A Redis that lost its last second lost both, so a collector that reads its checkpoint back before every poll skips
nothing. Scorers delete what they have stored: a stream's length is the work undone, and bounds what is let in; so do
its bytes, for one text may be a hundred times as long as another, and many a server has no limit of its own. The last
tenth of a limit is closed to the intake: scorers need some to tell of what they stored, before they make room.
"""

import asyncio
import random
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog
from redis.exceptions import OutOfMemoryError

from ops.settings import Settings
from storage.intake_items import CollectedPost, Item, RemovedPost
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

POSTS: Final = "insitechart:{intake}:posts"
PRICES: Final = "insitechart:{intake}:prices"
CHECKPOINTS: Final = "insitechart:{intake}:checkpoints"
CHECKPOINT_TIMES: Final = "insitechart:{intake}:checkpoint-times"
"""The braces put all keys of the intake on one node of a cluster, as a script needs them."""
FIELD: Final = b"item"
STEP: Final = 500
"""Items that enter in one step; a script holds up every other client of the server while it runs."""
_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 1.0

_PUBLISH: Final = """
local most, posts = tonumber(ARGV[1]), tonumber(ARGV[4])
local prices = #ARGV - 5 - posts
local memory = redis.pcall('INFO', 'memory')
if type(memory) == 'string' then
    local used, limit = string.match(memory, 'used_memory:(%d+)'), string.match(memory, 'maxmemory:(%d+)')
    if used and limit and tonumber(limit) > 0 and used / limit > 0.9 then return 'the memory of Redis' end
end
local function full(key, first, last)
    local waiting = redis.call('XLEN', key)
    if waiting + last - first + 1 > most then return true end
    if waiting == 0 then return false end
    local bytes = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 0)
    if type(bytes) ~= 'number' then return false end
    for place = first, last do bytes = bytes + #ARGV[place] end
    return bytes > tonumber(ARGV[5])
end
if posts > 0 and full(KEYS[1], 6, 5 + posts) then return KEYS[1] end
if prices > 0 and full(KEYS[2], 6 + posts, #ARGV) then return KEYS[2] end
for place = 6, #ARGV do
    redis.call('XADD', place <= 5 + posts and KEYS[1] or KEYS[2], '*', 'item', ARGV[place])
end
if ARGV[2] ~= '' then
    redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
    redis.call('HSET', KEYS[4], ARGV[2], redis.call('TIME')[1])
end
return false
"""

_log = structlog.get_logger()


class IntakeFull(Exception):
    """As many items or bytes wait as `intake` allows, or Redis has no memory left; `stream` says where."""

    def __init__(self, stream: str, seconds: float) -> None:
        super().__init__(f"{stream} has been full for {seconds:g} s: scorers are behind, or none is running")
        self.stream = stream


class IntakeStream:
    """Publishes items for the scorers, and keeps the collectors' checkpoints."""

    def __init__(self, redis: RedisState, settings: Settings) -> None:
        self._redis = redis
        self._backlog = settings.intake.backlog
        # A thousand polls that begin at once wait for each other here, not for connections, which they would be refused
        # together with the renewal of their lease.
        self._turns = asyncio.Semaphore(max(1, settings.redis_pool // 2))
        self._backlog_bytes = settings.intake.backlog_megabytes * 1_000_000
        self._encoder = msgspec.msgpack.Encoder()

    async def publish(
        self, items: Sequence[Item], checkpoint: tuple[str, bytes] | None = None, *, seconds: float = 30.0
    ) -> None:
        """Publish items in their order, and with the last of them the checkpoint (name, value).

        While a stream is full this waits, up to `seconds`, and then raises `IntakeFull`. Raise `Unavailable` where
        Redis is away. After either, and after a cancellation, some of the items may have entered, the checkpoint not:
        publish them all again, for a post or bar that comes twice is stored once.
        """
        ends = asyncio.get_running_loop().time() + seconds
        steps = [items[start : start + STEP] for start in range(0, len(items), STEP)] or [()]
        for step in steps[:-1]:
            await self._publish(step, None, ends, seconds)
        await self._publish(steps[-1], checkpoint, ends, seconds)

    async def checkpoint(self, name: str) -> bytes | None:
        """Return what was last published under a name; None where nothing was, or Redis came back empty."""
        client = connected(self._redis)
        async with self._turns:
            with redis_translated():
                value = await client.hget(CHECKPOINTS, name)
        return value.encode() if isinstance(value, str) else value

    async def lengths(self) -> dict[str, int]:
        """Count the items that wait, by stream."""
        client = connected(self._redis)
        with redis_translated():
            return {stream: await client.xlen(stream) for stream in (POSTS, PRICES)}

    async def _publish(
        self, items: Sequence[Item], checkpoint: tuple[str, bytes] | None, ends: float, seconds: float
    ) -> None:
        posts = [self._encoder.encode(item) for item in items if isinstance(item, CollectedPost | RemovedPost)]
        prices = [self._encoder.encode(item) for item in items if not isinstance(item, CollectedPost | RemovedPost)]
        name, value = checkpoint or ("", b"")
        arguments: list[bytes | str | int] = [
            self._backlog, name, value, len(posts), self._backlog_bytes, *posts, *prices
        ]  # fmt: skip
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
        while (full := await self._attempt(arguments)) is not None:
            left = ends - loop.time()
            if left <= 0:
                raise IntakeFull(full, seconds)
            if pause == _FIRST_PAUSE:
                _log.warning("intake_full", stream=full, items=len(items), waiting_seconds=round(left, 1))
            await asyncio.sleep(min(left, pause * random.uniform(0.5, 1.0)))  # noqa: S311 - jitter, no secret
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _attempt(self, arguments: Sequence[bytes | str | int]) -> str | None:
        """Publish in one step; return what is too full for it, if anything is."""
        publish = connected(self._redis).register_script(_PUBLISH)
        async with self._turns:
            with redis_translated():
                try:
                    full: bytes | None = await publish((POSTS, PRICES, CHECKPOINTS, CHECKPOINT_TIMES), arguments)
                except OutOfMemoryError:
                    return "the memory of Redis"
        return None if full is None else full.decode()
