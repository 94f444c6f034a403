"""Telling of writes, by whoever writes to the database, after the commit."""

from collections.abc import Collection

from storage.cache.invalidation import bump, invalidate
from storage.cancellation import to_its_end
from storage.redis import RedisState


class Telling:
    """Where no Redis is configured nobody remembers, and nobody is told.

    A writer that `insists` gets `Unavailable` raised when it cannot tell, and has to write and tell again: the intake,
    which is handed the same items again until that succeeds. Of other writers an invalidation can get lost.
    """

    def __init__(self, redis: RedisState) -> None:
        self._redis = redis
        self.insists = False

    async def tell(self, tags: Collection[str]) -> None:
        """Make every process forget what depends on these tags; a cancel of the caller waits until it is done."""
        if self._redis.client is None or not tags:
            return
        await to_its_end((bump if self.insists else invalidate)(self._redis, tags))
