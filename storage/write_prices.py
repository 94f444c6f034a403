"""Writing bars: each replaces what the table holds under its symbol, width and start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from storage import feeds
from storage.cache.written import of_bars
from storage.database import Connection, Database
from storage.fences import Fence, hold
from storage.terms import Feed
from storage.writing import WriteCounts, affected, batches, in_transaction, listed

BATCH = 20_000
_COLUMNS = ("symbol", "width", "time", "open", "high", "low", "close", "volume", "simulated")
_LIST = ", ".join(_COLUMNS)

_INCOMING = """
CREATE TEMP TABLE incoming_prices (
    symbol text COLLATE "C", width integer, time timestamptz, open float8, high float8, low float8, close float8,
    volume bigint, simulated boolean
) ON COMMIT DROP
"""
_INSERT = f"""
INSERT INTO stock_prices ({_LIST}) SELECT {_LIST} FROM incoming_prices ORDER BY symbol, width, time
ON CONFLICT (symbol, width, time) DO NOTHING
"""
# The bounds on time are known to be true; they let TimescaleDB leave chunks out when it plans.
_UPDATE = """
UPDATE stock_prices AS kept
SET open = given.open, high = given.high, low = given.low, close = given.close, volume = given.volume,
    simulated = given.simulated
FROM incoming_prices AS given
WHERE kept.symbol = given.symbol AND kept.width = given.width AND kept.time = given.time
  AND (kept.simulated OR NOT given.simulated)
  AND kept.time >= $1::timestamptz AND kept.time <= $2::timestamptz
  AND (kept.open, kept.high, kept.low, kept.close, kept.volume, kept.simulated)
      IS DISTINCT FROM (given.open, given.high, given.low, given.close, given.volume, given.simulated)
"""


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """A bar: `width` in seconds, `time` its start; bars of a day and wider start at 00:00 UTC of the session's date."""

    symbol: str
    width: int
    time: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int
    simulated: bool = False


async def write_prices(database: Database, rows: Sequence[PriceRecord], fence: Fence | None = None) -> WriteCounts:
    """Insert or replace bars, and note the feeds' newest ones; of two bars under one key the later holds.

    A simulated bar never replaces a real one: it counts as unchanged. Raise `Fenced` where a leader has followed the
    one that drew `fence`; batches before the one that was refused are written.
    """
    counts = WriteCounts()
    for batch in batches(list({(row.symbol, row.width, row.time): row for row in rows}.values()), BATCH):
        written = await in_transaction(database, partial(_write, rows=batch, fence=fence))
        counts += written
        await database.telling.tell(of_bars({row.symbol for row in batch} - written.symbols))
    return counts


async def _write(connection: Connection, rows: Sequence[PriceRecord], fence: Fence | None) -> WriteCounts:
    known = await listed(connection, {row.symbol for row in rows})
    kept = [row for row in rows if row.symbol in known]
    unknown = frozenset(row.symbol for row in rows) - known
    if not kept:
        return WriteCounts(unknown=len(rows), symbols=unknown)
    await connection.execute(_INCOMING)
    records = [
        (row.symbol, row.width, row.time, row.open, row.high, row.low, row.close, row.volume, row.simulated)
        for row in kept
    ]
    await connection.copy_records_to_table("incoming_prices", records=records, columns=_COLUMNS)
    inserted = affected(await connection.execute(_INSERT))
    updated = 0
    if inserted < len(kept):
        await connection.execute("ANALYZE incoming_prices")
        times = [row.time for row in kept]
        updated = affected(await connection.execute(_UPDATE, min(times), max(times)))
    for feed, simulated in ((Feed.DEMO, True), (Feed.YAHOO, False)):
        if newest := max((row.time for row in kept if row.simulated is simulated), default=None):
            await feeds.record(connection, feed, newest)
    if fence is not None:
        await hold(connection, fence)
    return WriteCounts(inserted, updated, len(kept) - inserted - updated, len(rows) - len(kept), unknown)
