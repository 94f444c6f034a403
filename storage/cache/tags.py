"""Tags: the names of what a cached value was made of, and of what a write changed. This page is the whole list.

`kind:SYMBOL` is what is known of one stock, `kind:*` is what any write of that kind changes: lists, searches, counts.
`kind:**` is everything of a kind at once; it is written where nobody can tell any more what was changed.
"""

from collections.abc import Collection, Iterable
from typing import Final

from storage.symbols import canonical
from storage.terms import Timeframe

KINDS: Final = {
    "stock": "the row of a stock",
    "quote": "its newest price",
    "price": "its bars",
    "mention": "its mentions and their sums",
    "trending": "the snapshot of a timeframe",
    "feed": "how fresh the feeds are",
}
STOCKS: Final = "stock:*"
MENTIONS: Final = "mention:*"
FEEDS: Final = "feed:*"
WHOLE: Final = "**"
STALE: Final = "stale:*"
"""What an operation read that was answered with rows beyond their time; it always counts as changed."""


def stock(symbol: str) -> str:
    """Name a stock's row."""
    return f"stock:{symbol}"


def quote(symbol: str) -> str:
    """Name a stock's newest price, which quotes and bars change."""
    return f"quote:{symbol}"


def price(symbol: str) -> str:
    """Name a stock's bars."""
    return f"price:{symbol}"


def mention(symbol: str) -> str:
    """Name a stock's mentions, and every sum of them."""
    return f"mention:{symbol}"


def trending(timeframe: Timeframe) -> str:
    """Name a timeframe's snapshot."""
    return f"trending:{timeframe.name}"


def whole(kind: str) -> str:
    """Name everything of a kind."""
    return f"{kind}:{WHOLE}"


def kind_of(tag: str) -> str:
    """Return a tag's kind."""
    return tag.partition(":")[0]


def wholes(tags: Iterable[str]) -> list[str]:
    """Return the tags of everything of their kinds, sorted."""
    return sorted({whole(kind_of(tag)) for tag in tags})


ALL: Final = tuple(whole(kind) for kind in KINDS)
"""Everything there is."""


def parse(text: str) -> str:
    """Return the tag that an operator wrote; raise ValueError, which says what would be right."""
    kind, colon, name = text.partition(":")
    if not colon or kind not in KINDS:
        raise ValueError(f"{text!r} is no tag: it begins with one of {', '.join(f'{known}:' for known in KINDS)}")
    if name == WHOLE or (name == "*" and kind in _LISTED):
        return text
    if kind == "trending":
        return f"{kind}:{_one_of(text, name, [timeframe.name for timeframe in Timeframe])}"
    if kind == "feed":
        raise ValueError(f"{text!r} is no tag: feeds have {FEEDS} and {whole(kind)} only")
    symbol = canonical(name)
    if symbol is None:
        raise ValueError(f"{text!r} is no tag: after the colon stands a symbol as in AAPL or BRK.B, * or {WHOLE}")
    return f"{kind}:{symbol}"


_LISTED: Final = {"stock", "mention", "feed"}


def _one_of(text: str, name: str, known: Collection[str]) -> str:
    if name.upper() not in known:
        raise ValueError(f"{text!r} is no tag: after the colon stands one of {', '.join(known)} or {WHOLE}")
    return name.upper()
