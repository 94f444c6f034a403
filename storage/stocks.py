"""Listed stocks: by symbol, in pages of three orders, counted, and searched."""

from collections.abc import Sequence
from itertools import starmap

import msgspec

from storage.paging import Page, PageRequest, Position, cut
from storage.rows import StockMatchRow, StockRow
from storage.session import Fetching, Session
from storage.statement import Parameters
from storage.stock_search import SEARCH
from storage.symbols import array_of, canonical, listed
from storage.terms import Direction, StockOrderField
from storage.text import ascii_lower, containing, prefix_bounds, storable

COLUMNS = "symbol, name, exchange, sector, industry, market_cap, simulated"

_SORT_COLUMN = {
    StockOrderField.NAME: 'lower(name COLLATE "C")',
    StockOrderField.MARKET_CAP: "market_cap",
}


class StockFilter(msgspec.Struct, frozen=True, cache_hash=True):
    """What a stock must meet; None asks nothing. Bounds on market cap, in whole dollars, are inclusive."""

    symbols: tuple[str, ...] | None = None
    exchanges: tuple[str, ...] | None = None
    sectors: tuple[str, ...] | None = None
    name_contains: str | None = None
    min_market_cap: int | None = None
    max_market_cap: int | None = None
    simulated: bool | None = None


async def by_symbols(session: Session, symbols: Sequence[str]) -> dict[str, StockRow]:
    """Find stocks by their canonical symbols; unknown ones are left out."""
    sql = f"SELECT {COLUMNS} FROM stocks WHERE symbol = ANY({array_of('$1')})"
    rows = await session.fetch("stocks_by_symbols", sql, listed(symbols))
    return {stock.symbol: stock for stock in starmap(StockRow, rows)}


async def page(
    session: Session, wanted: StockFilter, order: StockOrderField, direction: Direction, request: PageRequest
) -> Page[StockRow]:
    """Read one page. Positions are (symbol,), (name with ASCII letters lower-cased, symbol), (market cap, symbol)."""
    sql, parameters = page_statement(wanted, order, direction, request)
    rows = await _fetching(session, wanted)("stock_page", sql, *parameters.values)
    return cut(list(starmap(StockRow, rows)), request)


async def count(session: Session, wanted: StockFilter) -> int:
    """Count the stocks that meet the filter."""
    parameters = Parameters()
    sql = f"SELECT count(*) AS number FROM stocks WHERE {_condition(wanted, parameters)}"
    rows = await _fetching(session, wanted)("stock_count", sql, *parameters.values)
    return int(rows[0]["number"])


async def search(session: Session, text: str, limit: int) -> list[StockMatchRow]:
    """Find stocks by symbol, symbol prefix, name prefix, part of the name, then by names spelled much alike."""
    given = " ".join(storable(text).split())
    if not given:
        return []
    symbol = canonical(given) or given.upper()
    arguments = (symbol, *prefix_bounds(symbol), *prefix_bounds(ascii_lower(given)), containing(given))
    rows = await session.fetch("stock_search", SEARCH, *arguments, given, limit)
    return [StockMatchRow(StockRow(*stock), reason, score) for *stock, reason, score in rows]


def page_statement(
    wanted: StockFilter, order: StockOrderField, direction: Direction, request: PageRequest
) -> tuple[str, Parameters]:
    """Write the page's statement: its parts, each a stretch of one index, put together in order.

    A nullable column has two parts, its values and then its nulls, whichever the direction.
    """
    parameters = Parameters()
    condition = _condition(wanted, parameters)
    descending = (direction is Direction.DESC) is not request.backward
    column = _SORT_COLUMN.get(order)
    way, beyond = ("DESC", "<") if descending else ("ASC", ">")
    ordering = f"symbol {way}" if column is None else f"{column} {way}, symbol {way}"
    most = parameters.add(request.limit + 1, "bigint")
    parts = [
        f"(SELECT {number} AS part, {COLUMNS} FROM stocks "
        f"WHERE {condition} AND {part} ORDER BY {ordering} LIMIT {most})"
        for number, part in enumerate(_parts(order, request, beyond, parameters))
    ]
    sql = f"{' UNION ALL '.join(parts)}"
    return f"SELECT {COLUMNS} FROM ({sql}) AS parts ORDER BY part, {ordering} LIMIT {most}", parameters


def _fetching(session: Session, wanted: StockFilter) -> Fetching:
    return session.fetch if wanted.name_contains is None else session.fetch_for_values


def _parts(order: StockOrderField, request: PageRequest, beyond: str, parameters: Parameters) -> list[str]:
    """Return conditions of the parts that lie beyond the position, in the order of the scan."""
    position = request.position
    if order is not StockOrderField.MARKET_CAP:
        return [_beyond(order, position, beyond, parameters) if position else "true"]
    valued, null = "market_cap IS NOT NULL", "market_cap IS NULL"
    if position is None:
        return [null, valued] if request.backward else [valued, null]
    if position[0] is None:
        rest = f"market_cap IS NULL AND symbol {beyond} {parameters.add(position[1], 'text')}"
        return [rest, valued] if request.backward else [rest]
    rest = _beyond(order, position, beyond, parameters)
    return [rest] if request.backward else [rest, null]


def _beyond(order: StockOrderField, position: Position, beyond: str, parameters: Parameters) -> str:
    column = _SORT_COLUMN.get(order)
    if column is None:
        return f"symbol {beyond} {parameters.add(position[0], 'text')}"
    kind = "text" if order is StockOrderField.NAME else "bigint"
    return f"({column}, symbol) {beyond} ({parameters.add(position[0], kind)}, {parameters.add(position[1], 'text')})"


def _condition(wanted: StockFilter, parameters: Parameters) -> str:
    terms = ["true"]
    if wanted.symbols is not None and len(wanted.symbols) == 1:  # an index then gives the order of symbols too
        terms.append(f"symbol = {parameters.add(storable(wanted.symbols[0]), 'text')}")
    elif wanted.symbols is not None:
        terms.append(f"symbol = ANY({array_of(parameters.add(storable(listed(wanted.symbols)), 'text'))})")
    for column, values in (
        ("exchange", wanted.exchanges),
        ("sector", wanted.sectors),
    ):
        if values is not None and len(values) == 1:
            terms.append(f"{column} = {parameters.add(storable(values[0]), 'text')}")
        elif values is not None:
            terms.append(f"{column} = ANY({parameters.add([storable(value) for value in values], 'text[]')})")
    if wanted.name_contains is not None:
        terms.append(f"lower(name) LIKE lower({parameters.add(containing(wanted.name_contains), 'text')})")
    if wanted.min_market_cap is not None:
        terms.append(f"market_cap >= {parameters.add(wanted.min_market_cap, 'bigint')}")
    if wanted.max_market_cap is not None:
        terms.append(f"market_cap <= {parameters.add(wanted.max_market_cap, 'bigint')}")
    if wanted.simulated is not None:
        terms.append(f"simulated = {parameters.add(wanted.simulated, 'boolean')}")
    return " AND ".join(terms)
