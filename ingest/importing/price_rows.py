"""Prices: bars of open, high, low, close and volume, each known by its symbol, width and start."""

from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.importing import cells
from ingest.importing.bar_widths import DAY_SECONDS, HOW_TO_SAY, infer_width, parse_width
from ingest.importing.columns import Field
from ingest.importing.faults import RowError
from ingest.importing.kinds import Cells, Written
from ingest.listing import listed_symbols
from storage.database import Database
from storage.rows import StockRow
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Prices:
    """Imports bars; `width` in seconds holds for rows without one of their own."""

    now: datetime
    width: int | None = None
    create_stocks: bool = False
    given: frozenset[str] = frozenset()
    batch_rows: int = 20_000
    fields: tuple[Field, ...] = (
        Field("symbol", required=True, aliases=("ticker", "stock", "stock_ticker", "stock_symbol")),
        Field(
            "time", required=True, aliases=("ts_utc", "timestamp", "datetime", "date", "date_time", "ts", "time_utc")
        ),
        Field("open", required=True, aliases=("o", "open_price")),
        Field("high", required=True, aliases=("h", "high_price")),
        Field("low", required=True, aliases=("l", "low_price")),
        Field("close", required=True, aliases=("c", "close_price", "last")),
        Field("volume", aliases=("v", "vol")),
        Field("width", aliases=("interval", "timeframe", "bar_width")),
    )
    _listed: set[str] | None = None

    async def prepare(self, database: Database) -> None:
        """Learn which stocks are listed."""
        self._listed = set(await listed_symbols(database))

    def inspect(self, head: Sequence[Cells]) -> None:
        """Tell the width of the bars where nobody says it."""
        if self.width is not None or any("width" in row for row in head):
            return
        bars = []
        for row in head:
            with suppress(RowError):
                bars.append((cells.symbol(row.get("symbol")), self._time(row)))
        if bars:
            self.width = infer_width(bars)

    def convert(self, row: Cells) -> PriceRecord:
        """Make a bar: prices above zero, the low the lowest and the high the highest of the four."""
        symbol = cells.symbol(row.get("symbol"))
        if not self.create_stocks and symbol not in (self._listed or ()):
            raise RowError("symbol is not listed (--create-stocks lists it)", symbol)
        width = self._width(row)
        opened, high, low, closed = (cells.price(row.get(name), name) for name in ("open", "high", "low", "close"))
        if high < low:
            raise RowError("high is below low", f"{high} < {low}")
        if high < max(opened, closed):
            raise RowError("high is below open or close", high)
        if low > min(opened, closed):
            raise RowError("low is above open or close", low)
        volume = cells.whole(row.get("volume"), "volume") or 0
        start = _start(self._time(row), width)
        return PriceRecord(symbol, width, start, opened, high, low, closed, volume, simulated=False)

    def key(self, row: PriceRecord) -> Hashable:
        """Tell bars apart as the table does."""
        return row.symbol, row.width, row.time

    async def write(self, database: Database, rows: list[PriceRecord]) -> Written:
        """Write bars, after listing their stocks by symbol alone where that was asked for."""
        listed = self._listed if self._listed is not None else set()
        new = sorted({row.symbol for row in rows} - listed)
        if new:
            stocks = [StockRow(symbol, symbol, None, None, None, None, simulated=False) for symbol in new]
            await write_stocks(database, stocks)
            listed.update(new)
        counts = await write_prices(database, rows)
        unlisted = {"symbol was unlisted meanwhile": counts.unknown} if counts.unknown else {}
        return Written(counts.inserted, counts.updated, counts.unchanged, unlisted)

    def _time(self, row: Cells) -> datetime:
        return cells.moment(row.get("time"), "time", EARLIEST, self.now)

    def _width(self, row: Cells) -> int:
        written = cells.text(row.get("width"), "width", 1_000)
        width = parse_width(written) if written is not None else self.width
        if width is None:
            raise RowError(f"width is missing: {HOW_TO_SAY}" if written is None else "not a width of bars", written)
        return width


def _start(time: datetime, width: int) -> datetime:
    """Tell a bar's start in UTC; bars of days and weeks start at 00:00 UTC of the date as it was written."""
    if width >= DAY_SECONDS:
        return datetime(time.year, time.month, time.day, tzinfo=UTC)
    return time.astimezone(UTC)
