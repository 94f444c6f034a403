"""What arguments must meet: pages, ranges, symbols; each checked once, here, with bounds in the message."""

from collections.abc import Iterable

from loaders.stock_by_symbol import StockBySymbol
from ops.errors import BadArgument, BadCursor, UnknownSymbol
from resolvers.argument_types import TimeRange
from resolvers.info import Info
from resolvers.opaque import unseal
from storage.paging import PageRequest, Position
from storage.rows import Window
from storage.symbols import canonical

DEFAULT_PAGE = 20
DEFAULT_SERIES_PAGE = 100
LONGEST_SHOWN = 32
"""Characters of a wrong symbol that its error repeats."""
_EXCLUDING = (("first", "last"), ("first", "before"), ("last", "after"), ("after", "before"))
YEARS = (1970, 2200)
"""Instants outside are refused: no market data lies there, and window arithmetic must not leave the calendar."""


def key_of(info: Info) -> bytes:
    """Return the key that seals cursors and ids."""
    return info.context.settings.seal_key.get_secret_value().encode()


def within(name: str, value: int, low: int, high: int) -> int:
    """Refuse a whole number outside its bounds."""
    if not low <= value <= high:
        raise BadArgument(f"`{name}` must be from {low} to {high}; it was {value}.", argument=name)
    return value


def page_request(
    info: Info,
    ordering: str,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    *,
    series: bool = False,
    peek: bool = True,
) -> PageRequest:
    """Check the four paging arguments: either end, not both; sizes in bounds; cursors of this very ordering."""
    if (first is not None or after is not None) and (last is not None or before is not None):
        given = {"first": first, "last": last, "after": after, "before": before}
        one, other = next(pair for pair in _EXCLUDING if None not in map(given.get, pair))
        raise BadArgument(f"`{one}` and `{other}` exclude each other; send one of them.", argument=one)
    limits = info.context.settings.limits
    default, highest = (DEFAULT_SERIES_PAGE, limits.series_page) if series else (DEFAULT_PAGE, limits.page)
    backward = last is not None or before is not None
    name, size, cursor = ("last", last, before) if backward else ("first", first, after)
    limit = within(name, min(default, highest) if size is None else size, 1, highest)
    position = None if cursor is None else _position(info, ordering, "before" if backward else "after", cursor)
    return PageRequest(limit, position, backward, peek)


def _position(info: Info, ordering: str, name: str, cursor: str) -> Position:
    opened = unseal(key_of(info), cursor)
    if opened is None:
        raise BadCursor(f"`{name}` is not a cursor of this API; take it from `pageInfo` or an edge.", argument=name)
    kind, position = opened
    if kind != ordering:
        raise BadCursor(f"`{name}` is a cursor of another ordering ({kind}); this is {ordering}.", argument=name)
    return position


def window(during: TimeRange | None) -> Window | None:
    """Check a range: its start lies before its end, both within the years of market data."""
    if during is None:
        return None
    for name, value in (("from", during.start), ("to", during.end)):
        if not YEARS[0] <= value.year < YEARS[1]:
            raise BadArgument(f"`during.{name}` must lie from {YEARS[0]} to {YEARS[1] - 1}.", argument="during")
    if during.start >= during.end:
        raise BadArgument("`during.from` must lie before `during.to`.", argument="during")
    return Window(during.start, during.end)


async def known(info: Info, symbols: Iterable[str]) -> None:
    """Refuse a list that names unknown stocks. Await it together with the load that it guards, not before."""
    forms = {symbol: canonical(symbol) for symbol in symbols}
    rows = await info.context.loader(StockBySymbol).load_column([form for form in forms.values() if form is not None])
    found = set()
    for row in rows:
        if isinstance(row, Exception):
            raise row
        if row is not None:
            found.add(row.symbol)
    unknown = [symbol[:LONGEST_SHOWN] for symbol, form in forms.items() if form not in found]
    if unknown:
        raise UnknownSymbol(f"No such stocks: {', '.join(map(repr, unknown[:20]))}.", symbols=unknown)


def no_such_stock(symbol: str) -> UnknownSymbol:
    """Return the failure of one place in a list of symbols."""
    shown = symbol[:LONGEST_SHOWN]
    return UnknownSymbol(f"No such stock: {shown!r}.", symbols=[shown])


def plain_text(name: str, text: str, longest: int) -> str:
    """Refuse a text that is empty, too long, or holds a character that PostgreSQL cannot store."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= longest:
        raise BadArgument(f"`{name}` must have from 1 to {longest} characters; it has {len(stripped)}.", argument=name)
    if "\x00" in stripped:
        raise BadArgument(f"`{name}` holds a NUL character.", argument=name)
    return stripped
