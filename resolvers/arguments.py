"""Arguments that many fields share: pages, ranges, symbols; each checked once, here, with bounds in the message."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import strawberry

from loaders.stock_by_symbol import StockBySymbol
from ops.errors import BadArgument, BadCursor, UnknownSymbol
from resolvers.info import Info
from resolvers.opaque import unseal
from storage.paging import PageRequest, Position
from storage.rows import Window
from storage.symbols import canonical

DEFAULT_PAGE = 20
DEFAULT_SERIES_PAGE = 100
YEARS = (1970, 2200)
"""Instants outside are refused: no market data lies there, and window arithmetic must not leave the calendar."""

First = Annotated[int | None, strawberry.argument(description="How many items from the start, or after `after`.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the item before the page.")]
Last = Annotated[int | None, strawberry.argument(description="How many items from the end, or before `before`.")]
Before = Annotated[str | None, strawberry.argument(description="Cursor of the item after the page.")]


@strawberry.input(description="A half-open range of time: from its start up to, and without, its end.")
class TimeRange:
    """[from, to)."""

    start: datetime = strawberry.field(name="from", description="The start, included.")
    end: datetime = strawberry.field(name="to", description="The end, excluded.")


During = Annotated[TimeRange | None, strawberry.argument(description="Only what lies in this range; all when absent.")]


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
) -> PageRequest:
    """Check the four paging arguments: either end, not both; sizes in bounds; cursors of this very ordering."""
    for one, other, given in (
        ("first", "last", first is not None and last is not None),
        ("first", "before", first is not None and before is not None),
        ("last", "after", last is not None and after is not None),
        ("after", "before", after is not None and before is not None),
    ):
        if given:
            raise BadArgument(f"`{one}` and `{other}` exclude each other; send one of them.", argument=one)
    limits = info.context.settings.limits
    default, highest = (DEFAULT_SERIES_PAGE, limits.series_page) if series else (DEFAULT_PAGE, limits.page)
    backward = last is not None or before is not None
    name, size, cursor = ("last", last, before) if backward else ("first", first, after)
    limit = within(name, min(default, highest) if size is None else size, 1, highest)
    position = None if cursor is None else _position(info, ordering, "before" if backward else "after", cursor)
    return PageRequest(limit, position, backward)


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


def canonicals(symbols: Iterable[str]) -> tuple[str, ...]:
    """Return the canonical forms, sorted and distinct, so that equal questions make equal keys."""
    return tuple(sorted({form for symbol in symbols if (form := canonical(symbol)) is not None}))


async def known(info: Info, symbols: Iterable[str]) -> None:
    """Refuse a list that names unknown stocks. Await it together with the load that it guards, not before."""
    forms = {symbol: canonical(symbol) for symbol in symbols}
    rows = await info.context.loader(StockBySymbol).load_many({form for form in forms.values() if form is not None})
    found = {row.symbol for row in rows if row is not None}
    unknown = [symbol[:32] for symbol, form in forms.items() if form not in found]
    if unknown:
        raise UnknownSymbol(f"No such stocks: {', '.join(map(repr, unknown[:20]))}.", symbols=unknown)


def plain_text(name: str, text: str, longest: int) -> str:
    """Refuse a text that is empty, too long, or holds a character that PostgreSQL cannot store."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= longest:
        raise BadArgument(f"`{name}` must have from 1 to {longest} characters; it has {len(stripped)}.", argument=name)
    if "\x00" in stripped:
        raise BadArgument(f"`{name}` holds a NUL character.", argument=name)
    return stripped
