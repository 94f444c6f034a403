"""Invalidations: what writers tell after their commit, and how a process that remembers learns of it.

A write gives each of its tags a new random version in Redis. Redis tells every process that follows (link.py). What is
remembered in memory counts only while that link has proved alive within its lease: an answer to a ping comes behind
every invalidation that Redis sent before it, so then all writes up to the ping have been heard.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Final

import structlog
from redis.exceptions import OutOfMemoryError, RedisError

from ops.errors import Unavailable
from storage.cache.keys import LOST, version_key
from storage.cache.tags import STALE, WHOLE
from storage.redis import RedisState
from storage.redis_translation import connected, redis_translated

MOST_TAGS: Final = 50_000
"""Tags whose last write is remembered by its place; what was read before the oldest of them counts as changed."""
_AT_ONCE: Final = 500
_VERSION_BYTES: Final = 8
_log = structlog.get_logger()

Listener = Callable[[frozenset[str] | None], None]


class Invalidations:
    """The order of invalidations as this process hears them; `lease` and `clock` are in seconds."""

    def __init__(self, lease: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.lease = lease
        self.heard = 0
        self.proofs = 0
        self.waiting_since: float | None = None
        self.proved_at = -float("inf")
        self._trips = (0.0, 0.0)
        self._clock = clock
        self._place = 0
        self._floor = 1
        self._last: OrderedDict[str, int] = OrderedDict()
        self._listeners: list[Listener] = []

    @property
    def trusted(self) -> bool:
        """Whether every write up to a lease ago has been heard of, so that memory may be believed."""
        return self._clock() - self.proved_at < self.lease

    @property
    def round_trip(self) -> float:
        """Seconds that Redis takes to answer: the shorter of the last two pings, or what the one under way has taken.

        One late ping tells of a busy moment of this process, two of a slow Redis or a long way to it.
        """
        taken = 0.0 if self.waiting_since is None else self._clock() - self.waiting_since
        return max(min(self._trips), taken)

    def mark(self) -> int:
        """Return the place in the order of invalidations that is reached now; take it before reading."""
        return self._place

    def changed(self, since: int, tags: Collection[str]) -> bool:
        """Whether any of the tags was invalidated after the mark, or may have been."""
        if since < self._floor or not self.trusted or STALE in tags:
            return True
        return since != self._place and any(self._last.get(tag, 0) > since for tag in tags)

    def still(self, since: int) -> bool:
        """Whether nothing at all was invalidated after the mark: sooner asked than `changed`, and it needs no tags."""
        return since == self._place and since >= self._floor and self.trusted

    def listen(self, callback: Listener) -> None:
        """Call back with the tags of each invalidation from now on; None means that anything may have changed."""
        self._listeners.append(callback)

    def hear(self, tags: Collection[str]) -> None:
        """Note that these tags were written."""
        if any(tag.endswith(WHOLE) for tag in tags):
            self.lose()
            return
        self._place += 1
        self.heard += len(tags)
        for tag in tags:
            self._last[tag] = self._place
            self._last.move_to_end(tag)
        while len(self._last) > MOST_TAGS:
            self._floor = max(self._floor, self._last.popitem(last=False)[1])
        self._tell(frozenset(tags))

    def lose(self) -> None:
        """Note that anything may have been written: the link broke, the server was flushed, or a whole kind changed."""
        self._place += 1
        self._floor = self._place
        self._last.clear()
        self._tell(None)

    def prove(self, at: float) -> None:
        """Note that everything sent until `at`, by the clock, has been heard."""
        self._trips = (self._trips[1], self._clock() - at)
        self.proved_at = max(self.proved_at, at)
        self.proofs += 1

    def distrust(self) -> None:
        """Note that the link is gone; nothing is believed until it is there again and proved alive."""
        self.proved_at = -float("inf")
        self.waiting_since = None
        self.lose()

    def _tell(self, tags: frozenset[str] | None) -> None:
        for listener in self._listeners:
            listener(tags)


async def bump(redis: RedisState, tags: Collection[str]) -> None:
    """Give each tag a new version, so that whatever depended on it counts no more.

    Raise `Unavailable` where Redis is away or not configured; doing it again is right. A server that is full cannot
    take versions: there, what depends on the tags is made uncertain, and every process is told to forget.
    """
    client = connected(redis)
    with redis_translated():
        for some in _chunks(tags):
            try:
                await client.mset(dict.fromkeys(map(version_key, some), new_version()))
            except OutOfMemoryError:
                await client.unlink(*map(version_key, some))
                await client.publish(LOST, b"")


async def invalidate(redis: RedisState, tags: Collection[str]) -> None:
    """Tell that these tags were written, after the commit; a Redis that is away is logged, not raised.

    Then values that were cached before live until their time is over: see docs/caching.md. The intake uses `bump`
    instead and waits for Redis, so that it loses nothing.
    """
    if redis.client is None or not tags:
        return
    try:
        await bump(redis, tags)
    except (Unavailable, RedisError) as error:
        _log.warning("invalidation_lost", tags=sorted(tags)[:10], count=len(tags), reason=str(error))


def new_version() -> bytes:
    """Return a version that never was: a counter would come again with a server that was restored to an older state."""
    return secrets.token_bytes(_VERSION_BYTES)


def _chunks(tags: Collection[str]) -> Iterator[list[str]]:
    remaining = iter(tags)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some
