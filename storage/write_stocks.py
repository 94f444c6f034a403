"""Writing stocks: each row replaces what the table holds under its symbol, nulls included."""

from collections.abc import Sequence
from functools import partial

from storage.cache.written import of_stocks
from storage.database import Connection, Database
from storage.rows import StockRow
from storage.text import storable
from storage.writing import WriteCounts, affected, batches, in_transaction

BATCH = 5_000
_COLUMNS = ("symbol", "name", "exchange", "sector", "industry", "market_cap", "simulated")
_LIST = ", ".join(_COLUMNS)

_INCOMING = """
CREATE TEMP TABLE incoming_stocks (
    symbol text COLLATE "C", name text, exchange text, sector text, industry text, market_cap bigint, simulated boolean
) ON COMMIT DROP
"""
_INSERT = f"""
INSERT INTO stocks ({_LIST}) SELECT {_LIST} FROM incoming_stocks ORDER BY symbol ON CONFLICT (symbol) DO NOTHING
"""
_UPDATE = """
UPDATE stocks AS kept
SET name = given.name, exchange = given.exchange, sector = given.sector, industry = given.industry,
    market_cap = given.market_cap, simulated = given.simulated, updated_at = now()
FROM incoming_stocks AS given
WHERE kept.symbol = given.symbol AND (kept.simulated OR NOT given.simulated)
  AND (kept.name, kept.exchange, kept.sector, kept.industry, kept.market_cap, kept.simulated)
      IS DISTINCT FROM (given.name, given.exchange, given.sector, given.industry, given.market_cap, given.simulated)
"""


async def write_stocks(database: Database, rows: Sequence[StockRow]) -> WriteCounts:
    """Insert or replace stocks by symbol; of two the later holds. A simulated stock never replaces a real one."""
    counts = WriteCounts()
    for batch in batches(list({row.symbol: row for row in rows}.values()), BATCH):
        counts += await in_transaction(database, partial(_write, rows=batch))
        await database.telling.tell(of_stocks(row.symbol for row in batch))
    return counts


async def _write(connection: Connection, rows: Sequence[StockRow]) -> WriteCounts:
    await connection.execute(_INCOMING)
    records = [
        (row.symbol, storable(row.name), row.exchange, row.sector, row.industry, row.market_cap, row.simulated)
        for row in rows
    ]
    await connection.copy_records_to_table("incoming_stocks", records=records, columns=_COLUMNS)
    inserted = affected(await connection.execute(_INSERT))
    updated = affected(await connection.execute(_UPDATE)) if inserted < len(rows) else 0
    return WriteCounts(inserted, updated, len(rows) - inserted - updated)
