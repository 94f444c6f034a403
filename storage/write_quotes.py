"""Writing quotes: the newest of each stock is kept, and what it says of the company's worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from storage import feeds
from storage.cache.written import of_quotes
from storage.database import Connection, Database
from storage.fences import Fence, hold
from storage.terms import Feed
from storage.writing import batches, in_transaction, listed

BATCH = 5_000

_COLUMNS = """unnest($1::text[], $2::timestamptz[], $3::float8[], $4::float8[], $5::bigint[], $6::boolean[])
     AS given (symbol, at, price, previous_close, volume, simulated)"""
_WRITE = f"""
INSERT INTO quotes AS kept (symbol, at, price, previous_close, volume, simulated)
SELECT symbol, at, price, previous_close, volume, simulated FROM {_COLUMNS} ORDER BY symbol COLLATE "C"
ON CONFLICT (symbol) DO UPDATE
SET at = excluded.at, price = excluded.price, previous_close = excluded.previous_close, volume = excluded.volume,
    simulated = excluded.simulated
WHERE (kept.simulated AND NOT excluded.simulated)
   OR (kept.simulated = excluded.simulated AND kept.at <= excluded.at
       AND (kept.at, kept.price, kept.previous_close, kept.volume)
           IS DISTINCT FROM (excluded.at, excluded.price, excluded.previous_close, excluded.volume))
RETURNING symbol
"""
_WORTH = """
UPDATE stocks AS kept SET market_cap = given.market_cap, updated_at = now()
FROM unnest($1::text[], $2::bigint[]) AS given (symbol, market_cap)
WHERE kept.symbol = given.symbol AND NOT kept.simulated AND kept.market_cap IS DISTINCT FROM given.market_cap
RETURNING kept.symbol
"""


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A price in dollars as of `at`; `volume` is the session's so far, `market_cap` in whole dollars."""

    symbol: str
    price: float
    at: datetime
    previous_close: float | None
    volume: int
    market_cap: int | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class QuoteChanges:
    """The symbols that have news, and those that are not listed and were left out."""

    changed: frozenset[str]
    unlisted: frozenset[str]


async def write_quotes(
    database: Database, rows: Sequence[QuoteRecord], fence: Fence | None = None, *, tell_all: bool = False
) -> QuoteChanges:
    """Keep the newest quote of each listed stock, and note the feeds' newest.

    A simulated quote never replaces a real one, a real one always replaces a simulated one. The market cap of a stock
    that is not simulated follows a real quote that became the newest. Raise `Fenced` where a leader has followed the
    one that drew `fence`; batches before the one that was refused are written. With `tell_all` caches forget all that
    these quotes may have changed: for a batch that may have been written before, by a process that died at it.
    """
    newest: dict[str, QuoteRecord] = {}
    for row in rows:
        kept = newest.get(row.symbol)
        if kept is None or (not row.simulated, row.at) >= (not kept.simulated, kept.at):
            newest[row.symbol] = row
    changed: set[str] = set()
    known: set[str] = set()
    for batch in batches(sorted(newest.values(), key=lambda row: row.symbol), BATCH):
        news, worth, some = await in_transaction(database, partial(_write, rows=batch, fence=fence))
        changed |= news
        known |= some
        await database.telling.tell(of_quotes(some, some) if tell_all else of_quotes(news, worth))
    return QuoteChanges(frozenset(changed), frozenset(newest.keys() - known))


async def _write(
    connection: Connection, rows: Sequence[QuoteRecord], fence: Fence | None
) -> tuple[set[str], set[str], frozenset[str]]:
    known = await listed(connection, {row.symbol for row in rows})
    kept = [row for row in rows if row.symbol in known]
    written = await connection.fetch(
        _WRITE,
        [row.symbol for row in kept],
        [row.at for row in kept],
        [row.price for row in kept],
        [row.previous_close for row in kept],
        [row.volume for row in kept],
        [row.simulated for row in kept],
    )
    changed = {row["symbol"] for row in written}
    worth = {
        row.symbol: row.market_cap
        for row in kept
        if row.symbol in changed and row.market_cap is not None and not row.simulated
    }
    worthier: set[str] = set()
    if worth:
        rated = await connection.fetch(_WORTH, list(worth), list(worth.values()))
        worthier = {row["symbol"] for row in rated}
    for feed, simulated in ((Feed.DEMO, True), (Feed.YAHOO, False)):
        if newest := max((row.at for row in kept if row.simulated is simulated), default=None):
            await feeds.record(connection, feed, newest)
    if fence is not None:
        await hold(connection, fence)
    return changed, worthier, known
