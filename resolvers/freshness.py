"""Freshness: how new the newest item of each feed is."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from resolvers.enums import Feed
from storage.rows import FeedRow
from storage.terms import Feed as FeedTerm


@strawberry.enum(description="Whether a feed brings new items.")
class FeedStatus(Enum):
    """By the age of its newest item."""

    HEALTHY = strawberry.enum_value("HEALTHY", description="Its newest item is younger than the limit.")
    STALLED = strawberry.enum_value("STALLED", description="Its newest item is older than the limit.")
    EMPTY = strawberry.enum_value("EMPTY", description="It never brought an item.")


@strawberry.type(description="How fresh one feed is.")
class FeedFreshness:
    """Ages count to the request's instant."""

    feed: Feed = strawberry.field(description="The feed.")
    newest_at: datetime | None = strawberry.field(description="Time of its newest item.")
    lag_seconds: float | None = strawberry.field(description="Age of that item in seconds; 0 when it lies ahead.")
    status: FeedStatus = strawberry.field(description="Whether it brings new items.")

    @classmethod
    def of(cls, feed: FeedTerm, row: FeedRow | None, now: datetime, stalled_after: int) -> Self:
        """Judge a feed by its newest item."""
        if row is None:
            return cls(feed=feed, newest_at=None, lag_seconds=None, status=FeedStatus.EMPTY)
        lag = max(0.0, (now - row.newest_at).total_seconds())
        status = FeedStatus.STALLED if lag > stalled_after else FeedStatus.HEALTHY
        return cls(feed=feed, newest_at=row.newest_at, lag_seconds=lag, status=status)
