"""What Redis holds of the row cache, loader by loader: counted by walking its keys, in bounded steps and time."""

import time
from collections import Counter
from typing import Any, Final

import msgspec
from redis.asyncio import Redis

from storage.cache.keys import ROW_PREFIX
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

STEP: Final = 1_000
"""Keys that the server looks at in one go: about a millisecond in which it does nothing else."""
MOST_KEYS: Final = 200_000
MOST_SECONDS: Final = 3.0
_MATCH = ROW_PREFIX.replace("{", "[{]").replace("}", "[}]") + "*"
_LOADER = 1  # place in what follows the prefix: the database, the loader, its type, segment and param


class LoaderRows(msgspec.Struct, frozen=True):
    """Entries of one loader, with the bytes of Redis' memory that they take, keys and all."""

    loader: str
    entries: int
    bytes: int


class KeptRows(msgspec.Struct, frozen=True):
    """Entries by loader, the largest first. Unless `complete`, there are at least so many: the walk met its bounds.

    What was invalidated counts until its time is over or Redis needs the room, for only its versions are changed.
    """

    loaders: list[LoaderRows]
    complete: bool

    @property
    def entries(self) -> int:
        """All that were counted."""
        return sum(one.entries for one in self.loaders)

    @property
    def bytes(self) -> int:
        """The bytes of all that were counted."""
        return sum(one.bytes for one in self.loaders)


async def kept_rows(redis: RedisState, *, most: int = MOST_KEYS, seconds: float = MOST_SECONDS) -> KeptRows:
    """Walk up to so many keys of the server, of whatever kind, for so long. Raise `Unavailable` where it is away."""
    with redis_translated():
        return await _walk(connected(redis), most, time.monotonic() + seconds)


async def _walk(client: Redis, most: int, until: float) -> KeptRows:
    seen: set[bytes] = set()
    entries: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    cursor, looked, measured = 0, 0, True
    while True:
        cursor, found = await client.scan(cursor, match=_MATCH, count=STEP)
        looked += STEP
        met: list[Any] = found  # bytes, for this client decodes nothing
        new: list[bytes] = [key for key in dict.fromkeys(met) if key not in seen]  # a walk may meet a key twice
        seen.update(new)
        for key, size in zip(new, await _sizes(client, new), strict=True):
            if size is None:  # it ended since
                continue
            loader = _loader(key)
            entries[loader] += 1
            if isinstance(size, int):
                sizes[loader] += size
            else:
                measured = False
        if not cursor or looked >= most or time.monotonic() >= until:
            break
    rows = [LoaderRows(loader, number, sizes[loader]) for loader, number in entries.items()]
    rows.sort(key=lambda one: (-one.bytes, one.loader))
    return KeptRows(rows, complete=not cursor and measured)


async def _sizes(client: Redis, keys: list[bytes]) -> list[Any]:
    """Return the bytes of each key; None where there is none now, an error where this user may not ask."""
    if not keys:
        return []
    pipeline = client.pipeline(transaction=False)
    for key in keys:
        pipeline.memory_usage(key)
    return await pipeline.execute(raise_on_error=False)


def _loader(key: bytes) -> str:
    parts = key[len(ROW_PREFIX) :].decode(errors="replace").split(":", _LOADER + 1)
    return parts[_LOADER] if len(parts) > _LOADER else ""
