"""Buckets of time: where they start, and which bars they are made of.

Buckets are UTC; weeks start on Monday. Bars narrower than a day belong to the exchange's session, so a candle of a day
or a week gathers them by New York's date and is stamped 00:00 UTC of that date; bars of a day are stamped so already.
"""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from storage.terms import BucketSize

EXCHANGE_ZONE = "America/New_York"
MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
"""The origin of all buckets: the first Monday of a century."""
FIRST = datetime(1800, 1, 1, tzinfo=UTC)
LAST = datetime(2300, 1, 1, tzinfo=UTC)
"""Bounds that stand for none; stored times lie between them, and so do their buckets and sessions."""

DAY = BucketSize.DAY.value
_ZONE = ZoneInfo(EXCHANGE_ZONE)


def ceiling(moment: datetime, bucket: BucketSize) -> datetime:
    """Return the first bucket start at or after the moment, within [FIRST, LAST]."""
    moment = min(max(moment, FIRST), LAST)
    step = timedelta(seconds=bucket.value)
    return MONDAY - (MONDAY - moment) // step * step


def floor(moment: datetime, bucket: BucketSize) -> datetime:
    """Return the last bucket start at or before the moment, within a bucket of [FIRST, LAST]."""
    start = ceiling(moment, bucket)
    return start if start <= moment else start - timedelta(seconds=bucket.value)


def following(moment: datetime, bucket: BucketSize) -> datetime:
    """Return the first bucket start after the moment."""
    start = ceiling(moment, bucket)
    return start if start > moment else start + timedelta(seconds=bucket.value)


def raw_bound(start: datetime, width: int, bucket: BucketSize) -> datetime:
    """Return the time from which bars `width` seconds wide belong to the bucket that starts at `start`."""
    if bucket.value < DAY or width >= DAY:
        return start
    return datetime.combine(start.date(), time(), _ZONE).astimezone(UTC)


@cache  # every page of candles asks, and an enum's value is a call
def widths_for(bucket: BucketSize) -> tuple[int, ...]:
    """Return the widths of bars that a bucket can be made of, coarsest first, in seconds."""
    return tuple(sorted((size.value for size in BucketSize if bucket.value % size.value == 0), reverse=True))


def most_bars(width: int, bucket: BucketSize) -> int:
    """Return how many bars of a width a bucket can hold; the clock change makes a session's day 25 hours long."""
    extra = 3_600 if bucket.value >= DAY > width else 0
    return (bucket.value + extra) // width
