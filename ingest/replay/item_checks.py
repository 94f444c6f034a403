"""Whether the tables would take an item, told while its line number is still known."""

from typing import Final

import msgspec

from ingest.importing import cells
from ingest.importing.faults import RowError
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, CollectedStock, Item, RemovedPost
from storage.terms import BucketSize

_LONGEST: Final = {"text": 40_000, "url": 2_000, "name": 300}
LONGEST_ID: Final = 200
_LONGEST_OTHER: Final = 200
_MOST_ENGAGEMENT: Final = 2**31 - 1
_MOST_SYMBOLS: Final = 100
_WIDTHS: Final = tuple(size.value for size in BucketSize)
_DAY: Final = 86_400


def check(item: Item) -> Item:
    """Return the item with its symbols in their canonical spelling; raise RowError for what no table would take."""
    for name, value in msgspec.structs.asdict(item).items():
        if isinstance(value, str):
            cells.text(value, name, _LONGEST.get(name, _LONGEST_OTHER))
    match item:
        case CollectedPost():
            return _post(item)
        case RemovedPost():
            _filled(item.external_id, "external_id")
            return item
        case CollectedBar():
            return _bar(item)
        case CollectedQuote():
            return _quote(item)
        case CollectedStock():
            _filled(item.name, "name")
            return msgspec.structs.replace(item, symbol=cells.symbol(item.symbol))


def _post(post: CollectedPost) -> CollectedPost:
    _filled(post.text, "text")
    _filled(post.external_id, "external_id")
    if post.engagement is not None and not 0 <= post.engagement <= _MOST_ENGAGEMENT:
        raise RowError(f"engagement is not in 0..{_MOST_ENGAGEMENT}", post.engagement)
    if len(post.symbols) > _MOST_SYMBOLS:
        raise RowError(f"more than {_MOST_SYMBOLS} symbols", len(post.symbols))
    return msgspec.structs.replace(post, symbols=tuple(cells.symbol(symbol) for symbol in post.symbols))


def _bar(bar: CollectedBar) -> CollectedBar:
    if bar.width not in _WIDTHS:
        raise RowError(f"width is none of {', '.join(map(str, _WIDTHS))} seconds", bar.width)
    if bar.width >= _DAY and bar.time.timestamp() % _DAY:
        raise RowError("a bar of a day or a week starts at 00:00 UTC of its date", bar.time.isoformat())
    for name in ("open", "high", "low", "close"):
        cells.price(getattr(bar, name), name)
    if bar.high < max(bar.open, bar.close) or bar.low > min(bar.open, bar.close):
        raise RowError("high and low do not enclose open and close", f"{bar.low}..{bar.high}")
    cells.whole(bar.volume, "volume")
    return msgspec.structs.replace(bar, symbol=cells.symbol(bar.symbol))


def _quote(quote: CollectedQuote) -> CollectedQuote:
    cells.price(quote.price, "price")
    if quote.previous_close is not None:
        cells.price(quote.previous_close, "previous_close")
    cells.whole(quote.volume, "volume")
    cells.whole(quote.market_cap, "market_cap")
    return msgspec.structs.replace(quote, symbol=cells.symbol(quote.symbol))


def _filled(text: str, name: str) -> None:
    if not text.strip():
        raise RowError(f"{name} is empty")
