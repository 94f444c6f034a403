"""What is published after a commit: small facts on Redis streams, as MessagePack, at least once each.

Trending and quotes are states: an event says that there is news, and readers load the newest. Mentions are a log: an
event carries the mention itself, so that following thousands a second asks nothing of the database.
"""

from datetime import datetime

import msgspec

from storage.rows import MentionRow
from storage.terms import Timeframe


class TrendingEvent(msgspec.Struct, frozen=True, tag="trending"):
    """A snapshot of a timeframe was stored; its window ends at `window_end`."""

    timeframe: Timeframe
    window_end: datetime


class QuoteEvent(msgspec.Struct, frozen=True, tag="quote"):
    """A stock has a newer price."""

    symbol: str


class MentionEvent(msgspec.Struct, frozen=True, tag="mention"):
    """A mention was stored. A batch that is processed again after a crash publishes its mentions again, alike."""

    mention: MentionRow


Event = TrendingEvent | QuoteEvent | MentionEvent
"""Anything that is published."""
