"""What the stores know of the intake, shown as gauges: asked for when a scrape comes, in one call with a deadline.

A gauge whose store does not answer shows nothing, rather than what was true before.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from redis.exceptions import RedisError, ResponseError

from ops.errors import PublicError
from ops.metrics import Metrics
from storage import feeds
from storage.database import Database
from storage.dead_letters import DEAD_LETTERS
from storage.deadline import Deadline
from storage.intake_group import GROUP, is_groupless
from storage.intake_stream import POSTS, PRICES
from storage.redis import RedisState
from storage.redis_translation import redis_translated
from storage.session import Session

SECONDS: Final = 0.5
_QUEUES: Final = {"posts": POSTS, "prices": PRICES}
_log = structlog.get_logger()


class MeasuredQueues:
    """The lengths of the intake's queues; calling it brings them up to date. Without Redis there are none."""

    def __init__(self, redis: RedisState, metrics: Metrics) -> None:
        self._redis = redis
        self._length = metrics.queue_length
        self._oldest = metrics.queue_oldest

    async def __call__(self) -> None:
        """Ask Redis once, and show what it says."""
        if self._redis.client is None:
            return
        try:
            async with asyncio.timeout(SECONDS):
                replies = await self._ask()
        except (PublicError, RedisError, TimeoutError) as error:
            _log.warning("queues_not_measured", reason=str(error) or "no answer in time")
            self._length.clear()
            self._oldest.clear()
            return
        seconds, microseconds = replies[0]
        now = int(seconds) + int(microseconds) / 1_000_000
        for place, name in enumerate(_QUEUES):
            length, oldest, groups = replies[2 + 3 * place : 5 + 3 * place]
            self._length.labels(name).set(length)
            self._length.labels(f"{name}_pending").set(_pending(groups))
            entered = int(oldest[0][0].partition(b"-")[0]) / 1_000 if oldest else now
            self._oldest.labels(name).set(max(0.0, now - entered))
        self._length.labels("dead_letters").set(replies[1])

    async def _ask(self) -> list[Any]:
        """Return the clock, the dead letters, and of each queue its length, its oldest entry and its groups."""
        assert self._redis.client is not None  # noqa: S101  whoever calls has looked
        async with self._redis.client.pipeline(transaction=False) as pipeline:
            pipeline.time()
            pipeline.xlen(DEAD_LETTERS)
            for stream in _QUEUES.values():
                pipeline.xlen(stream)
                pipeline.xrange(stream, count=1)
                pipeline.xinfo_groups(stream)
            with redis_translated():
                replies = await pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, Exception) and not (isinstance(reply, ResponseError) and is_groupless(reply)):
                raise reply
        return replies


class MeasuredFeeds:
    """The ages of the feeds' newest items; calling it brings them up to date."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database = database
        self._age = metrics.feed_age

    async def __call__(self) -> None:
        """Ask PostgreSQL once, and show what it says."""
        try:
            async with asyncio.timeout(SECONDS):
                newest = await feeds.newest(Session(self._database, Deadline.after(SECONDS)))
        except (PublicError, TimeoutError) as error:
            _log.warning("feeds_not_measured", reason=str(error) or "no answer in time")
            self._age.clear()
            return
        now = datetime.now(UTC)
        for row in newest:
            self._age.labels(row.feed.value).set((now - row.newest_at).total_seconds())


def _pending(groups: Any) -> int:
    """Return how many entries the scorers have in hand; a stream that nobody read from yet has no group."""
    if isinstance(groups, Exception):
        return 0
    return sum(int(group["pending"]) for group in groups if group["name"] == GROUP.encode())
