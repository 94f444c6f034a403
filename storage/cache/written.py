"""What a write changes, as tags; writers tell of it after their commit."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from storage.cache.tags import FEEDS, MENTIONS, STOCKS, mention, price, quote, stock, whole


def of_bars(symbols: Iterable[str]) -> set[str]:
    """Name what bars of these symbols change: a bar can be the newest price as well."""
    return {FEEDS} | {tag for symbol in symbols for tag in (price(symbol), quote(symbol))}


def of_quotes(symbols: Iterable[str], worth: AbstractSet[str]) -> set[str]:
    """Name what quotes of these symbols change; the companies in `worth` have a new market cap."""
    return {FEEDS, *map(quote, symbols)} | (of_stocks(worth) if worth else set())


def of_stocks(symbols: Iterable[str]) -> set[str]:
    """Name what rows of these stocks change: they are in lists and found by searches."""
    return {STOCKS, *map(stock, symbols)}


def of_mentions(symbols: AbstractSet[str]) -> set[str]:
    """Name what mentions of these symbols change, and that a post has come."""
    return {FEEDS} | ({MENTIONS, *map(mention, symbols)} if symbols else set())


def of_all_mentions() -> set[str]:
    """Name everything that mentions can change, for a write that cannot tell which it changed."""
    return {FEEDS, whole("mention")}
