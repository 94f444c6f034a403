"""Adding stocks that a source describes: what is listed already is only completed, for an import knows better."""

from collections.abc import Sequence
from functools import partial

from storage.cache.written import of_stocks
from storage.database import Connection, Database
from storage.rows import StockRow
from storage.text import storable
from storage.writing import batches, in_transaction

BATCH = 5_000
_GIVEN = """unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS given (symbol, name, exchange, sector, industry)"""
_ADD = f"""
INSERT INTO stocks AS kept (symbol, name, exchange, sector, industry)
SELECT symbol, name, exchange, sector, industry FROM {_GIVEN} ORDER BY symbol COLLATE "C"
ON CONFLICT (symbol) DO UPDATE
SET exchange = coalesce(kept.exchange, excluded.exchange), sector = coalesce(kept.sector, excluded.sector),
    industry = coalesce(kept.industry, excluded.industry), updated_at = now()
WHERE NOT kept.simulated
  AND (coalesce(kept.exchange, excluded.exchange), coalesce(kept.sector, excluded.sector),
       coalesce(kept.industry, excluded.industry))
      IS DISTINCT FROM (kept.exchange, kept.sector, kept.industry)
RETURNING symbol
"""


async def add_stocks(database: Database, rows: Sequence[StockRow]) -> int:
    """List the stocks that are not, and fill what is null in those that are; return how many changed.

    Of two rows of one symbol the later holds. A simulated stock stays as it is.
    """
    changed = 0
    for batch in batches(list({row.symbol: row for row in rows}.values()), BATCH):
        changed += await in_transaction(database, partial(_add, rows=batch))
        await database.telling.tell(of_stocks(row.symbol for row in batch))
    return changed


async def _add(connection: Connection, rows: Sequence[StockRow]) -> int:
    columns = zip(
        *((row.symbol, storable(row.name), row.exchange, row.sector, row.industry) for row in rows), strict=True
    )
    return len(await connection.fetch(_ADD, *(list(column) for column in columns)))
