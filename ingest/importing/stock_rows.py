"""Stocks: who is listed, under which symbol, where, in which sector."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ingest.importing import cells
from ingest.importing.columns import Field
from ingest.importing.kinds import Cells, Written
from ingest.listing import stocks_by_symbol
from storage.database import Database
from storage.rows import StockRow
from storage.write_stocks import write_stocks

_LONGEST_NAME = 300
_LONGEST_LABEL = 100
_OPTIONAL = ("exchange", "sector", "industry", "market_cap")


@dataclass(frozen=True, slots=True)
class GivenStock:
    """A stock as the file gives it, and which of the optional fields the file has at all."""

    row: StockRow
    columns: frozenset[str]


@dataclass(slots=True)
class Stocks:
    """Imports stocks. What a file has no column for stays as it is; an empty cell clears."""

    given: frozenset[str] = frozenset()
    batch_rows: int = 5_000
    fields: tuple[Field, ...] = (
        Field("symbol", required=True, aliases=("ticker", "stock_symbol", "act_symbol", "code")),
        Field("name", required=True, aliases=("company", "company_name", "security_name", "security", "description")),
        Field("exchange", aliases=("listing_exchange", "primary_exchange", "market")),
        Field("sector", aliases=("gics_sector",)),
        Field("industry", aliases=("gics_industry", "gics_sub_industry", "sub_industry")),
        Field("market_cap", aliases=("marketcap", "market_capitalization", "mkt_cap")),
    )

    async def prepare(self, database: Database) -> None:
        """Need nothing beforehand."""

    def inspect(self, head: Sequence[Cells]) -> None:
        """Understand any first rows."""

    def convert(self, row: Cells) -> GivenStock:
        """Make a stock; market capitalisation in whole dollars."""
        stock = StockRow(
            symbol=cells.symbol(row.get("symbol")),
            name=cells.required_text(row.get("name"), "name", _LONGEST_NAME),
            exchange=cells.text(row.get("exchange"), "exchange", _LONGEST_LABEL),
            sector=cells.text(row.get("sector"), "sector", _LONGEST_LABEL),
            industry=cells.text(row.get("industry"), "industry", _LONGEST_LABEL),
            market_cap=cells.whole(row.get("market_cap"), "market_cap"),
            simulated=False,
        )
        return GivenStock(stock, frozenset(name for name in _OPTIONAL if name in row))

    def key(self, row: GivenStock) -> Hashable:
        """Tell stocks apart by symbol."""
        return row.row.symbol

    async def write(self, database: Database, rows: list[GivenStock]) -> Written:
        """Write stocks; a simulated stock of the same symbol becomes a real one and keeps nothing of its own."""
        known = {}
        if any(len(given.columns) < len(_OPTIONAL) for given in rows):
            known = await stocks_by_symbol(database, [given.row.symbol for given in rows])
        counts = await write_stocks(database, [_completed(given, known.get(given.row.symbol)) for given in rows])
        return Written(counts.inserted, counts.updated, counts.unchanged)


def _completed(given: GivenStock, known: StockRow | None) -> StockRow:
    if known is None or known.simulated:
        return given.row
    return replace(given.row, **{name: getattr(known, name) for name in _OPTIONAL if name not in given.columns})
