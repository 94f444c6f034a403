"""What collectors put on the intake stream, and scorers take off: one item per stream entry, as MessagePack.

The tag names the kind, so that processes of two releases can share a stream: an unknown tag, like bytes that are no
item, is a dead letter and not a crash. Times are UTC.
"""

from datetime import datetime

import msgspec

from storage.terms import Source


class CollectedPost(msgspec.Struct, frozen=True, tag="post", omit_defaults=True):
    """A post as its source shows it; `author` is a keyed pseudonym, `symbols` are those that the source itself names.

    `observed_at` is when the source was read: of two readings the later holds.
    """

    source: Source
    external_id: str
    posted_at: datetime
    observed_at: datetime
    text: str
    community: str | None = None
    author: str | None = None
    url: str | None = None
    engagement: int | None = None
    symbols: tuple[str, ...] = ()
    simulated: bool = False


class RemovedPost(msgspec.Struct, frozen=True, tag="removed"):
    """A post that its source does not show any more, as of `observed_at`."""

    source: Source
    external_id: str
    observed_at: datetime


class CollectedBar(msgspec.Struct, frozen=True, tag="bar", omit_defaults=True):
    """One bar; `width` in seconds. A bar that is still growing is sent again and again, and the latest holds."""

    symbol: str
    width: int
    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int
    simulated: bool = False


class CollectedQuote(msgspec.Struct, frozen=True, tag="quote", omit_defaults=True):
    """A price as of `at`, in dollars; `volume` is the session's so far, `market_cap` in whole dollars."""

    symbol: str
    price: float
    at: datetime
    previous_close: float | None = None
    volume: int = 0
    market_cap: int | None = None
    simulated: bool = False


class CollectedStock(msgspec.Struct, frozen=True, tag="stock", omit_defaults=True):
    """A listed stock as a source describes it; it never overwrites what an import has said."""

    symbol: str
    name: str
    exchange: str | None = None
    sector: str | None = None
    industry: str | None = None


Item = CollectedPost | RemovedPost | CollectedBar | CollectedQuote | CollectedStock
"""Anything that a collector brings."""
