"""What an item must be to be stored; one that is not becomes a dead letter with these words as the reason."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final

from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote, CollectedStock, Item, RemovedPost
from storage.symbols import canonical
from storage.terms import BucketSize

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=1)
LONGEST_TEXT: Final = 40_000
LONGEST_ID: Final = 200
LONGEST_NAME: Final = 300
MOST_ENGAGEMENT: Final = 2**31 - 1
MOST_VOLUME: Final = 2**53 - 1
_MOST_WORTH: Final = 2**63 - 1
_DAY: Final = BucketSize.DAY.value
_WIDTHS: Final = tuple(size.value for size in BucketSize)


class Unfit(Exception):
    """An item that cannot be stored as it is; the message says what is wrong and what would be right."""


def check(item: Item, now: datetime) -> None:
    """Raise `Unfit` for an item whose values no table would take, or that lies more than AHEAD after `now`."""
    match item:
        case CollectedPost():
            _check_id(item.external_id)
            _check_time("posted_at", item.posted_at, now)
            _check_time("observed_at", item.observed_at, now)
            _check_length("text", item.text, LONGEST_TEXT)
            if item.engagement is not None:
                _check_whole("engagement", item.engagement, MOST_ENGAGEMENT)
        case RemovedPost():
            _check_id(item.external_id)
            _check_time("observed_at", item.observed_at, now)
        case CollectedBar():
            _check_bar(item, now)
        case CollectedQuote():
            _check_symbol(item.symbol)
            _check_time("at", item.at, now)
            _check_price("price", item.price)
            _check_whole("volume", item.volume, MOST_VOLUME)
            if item.previous_close is not None:
                _check_price("previous_close", item.previous_close)
            if item.market_cap is not None:
                _check_whole("market_cap", item.market_cap, _MOST_WORTH)
        case CollectedStock():
            _check_symbol(item.symbol)
            _check_length("name", item.name, LONGEST_NAME)


def _check_bar(bar: CollectedBar, now: datetime) -> None:
    _check_symbol(bar.symbol)
    _check_time("time", bar.time, now)
    if bar.width not in _WIDTHS:
        raise Unfit(f"width is {bar.width} s; it must be one of {', '.join(map(str, _WIDTHS))}")
    if bar.width >= _DAY and bar.time.timestamp() % _DAY:
        raise Unfit(f"time is {bar.time.isoformat()}; a bar of a day or wider starts at 00:00 UTC")
    for name in ("open", "high", "low", "close"):
        _check_price(name, getattr(bar, name))
    if bar.low > min(bar.open, bar.close) or bar.high < max(bar.open, bar.close):
        raise Unfit(
            f"open {bar.open:g} and close {bar.close:g} must lie within {bar.low:g} (low) and {bar.high:g} (high)"
        )
    _check_whole("volume", bar.volume, MOST_VOLUME)


def _check_symbol(symbol: str) -> None:
    if canonical(symbol) is None:
        raise Unfit(f"symbol is {symbol[:40]!r}; it must be letters and digits as in AAPL or BRK.B, 16 at most")


def _check_id(external_id: str) -> None:
    if not 1 <= len(external_id) <= LONGEST_ID or "\0" in external_id:
        raise Unfit(f"external_id has {len(external_id)} characters; it must have 1 to {LONGEST_ID}, and none be NUL")
    try:
        external_id.encode()
    except UnicodeEncodeError:
        raise Unfit("external_id holds half of a surrogate pair, which no table can hold") from None


def _check_length(name: str, text: str, most: int) -> None:
    if not text.strip():
        raise Unfit(f"{name} is empty")
    if len(text) > most:
        raise Unfit(f"{name} has {len(text):,} characters; at most {most:,} are stored")


def _check_time(name: str, at: datetime, now: datetime) -> None:
    if at.tzinfo is None:
        raise Unfit(f"{name} is {at.isoformat()}, without a time zone")
    if at < EARLIEST:
        raise Unfit(f"{name} is {at.isoformat()}; nothing is from before {EARLIEST.isoformat()}")
    if at > now + AHEAD:
        raise Unfit(f"{name} is {at.isoformat()}; it is {now.isoformat()} now, and clocks differ by less than a day")


def _check_price(name: str, price: float) -> None:
    if not (math.isfinite(price) and price > 0):
        raise Unfit(f"{name} is {price}; it must be above 0")


def _check_whole(name: str, number: int, most: int) -> None:
    if not 0 <= number <= most:
        raise Unfit(f"{name} is {number}; it must lie in 0..{most}")
