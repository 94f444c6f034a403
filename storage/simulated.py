"""What the demo needs beyond the writers: how far it has come, one loader at a time, and the end of old rows.

Nothing here reads or deletes a row that is not simulated.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from storage.cache.written import of_all_mentions, of_bars, of_mentions, of_quotes
from storage.database import Connection, Database
from storage.deadline import Deadline
from storage.session import Session
from storage.writing import affected, batches, in_transaction

_LOCK = 0x1A51_7EC4
_SYMBOLS_AT_ONCE = 50
_POSTS_AT_ONCE = 5_000

_NEWEST_BARS = """
SELECT wanted.symbol, newest.time
FROM unnest($1::text[]) AS wanted (symbol)
CROSS JOIN LATERAL (
    SELECT time FROM stock_prices
    WHERE symbol = wanted.symbol AND width = $2::integer AND time >= $3::timestamptz AND simulated
    ORDER BY time DESC LIMIT 1
) AS newest
"""
_NEWEST_POST = """
SELECT max(newest.posted_at) AS posted_at
FROM unnest($1::text[]) AS wanted (source)
CROSS JOIN LATERAL (
    SELECT posted_at FROM posts
    WHERE source = wanted.source AND external_id >= $2::text AND external_id < $3::text
    ORDER BY external_id DESC LIMIT 1
) AS newest
"""
_DELETE_BARS = """
DELETE FROM stock_prices
WHERE symbol = ANY($1::text[]) AND width = $2::integer AND time < $3::timestamptz AND simulated
"""
_OLD_POSTS = """
SELECT external_id, posted_at FROM posts
WHERE source = $1::text AND external_id >= $2::text AND external_id < $3::text
ORDER BY external_id LIMIT $4::integer FOR UPDATE
"""
_DELETE_MENTIONS = """
DELETE FROM stock_mentions AS kept
USING unnest($2::text[], $3::timestamptz[]) AS old (external_id, posted_at)
WHERE kept.source = $1::text AND kept.external_id = old.external_id AND kept.posted_at = old.posted_at
  AND kept.posted_at >= $4::timestamptz AND kept.posted_at <= $5::timestamptz AND kept.simulated
"""
_DELETE_MENTIONS_OF = """
DELETE FROM stock_mentions WHERE symbol = ANY($1::text[]) AND posted_at >= $2::timestamptz AND simulated
"""
_DELETE_QUOTES = "DELETE FROM quotes WHERE symbol = ANY($1::text[]) AND simulated"
_DELETE_POSTS = "DELETE FROM posts WHERE source = $1::text AND external_id = ANY($2::text[])"


@asynccontextmanager
async def only_loader(database: Database, deadline: Deadline) -> AsyncGenerator[bool, None]:
    """Tell whether this is the only loader of simulated data, and stay it for as long as the block runs.

    The lock belongs to a transaction, so it ends with the block or with the process, behind pgbouncer too.
    """
    async with database.transaction(deadline) as connection:
        await connection.execute("SELECT set_config('idle_in_transaction_session_timeout', '0', true)")
        yield bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1::bigint)", _LOCK))


async def newest_bars(session: Session, symbols: Sequence[str], width: int, since: datetime) -> dict[str, datetime]:
    """Find the start of each symbol's newest simulated bar of a width in seconds; symbols without one are left out.

    Bars before `since` do not count: it bounds how many real ones are passed over in search of a simulated one.
    """
    rows = await session.fetch("newest_simulated_bars", _NEWEST_BARS, list(symbols), width, since)
    return {row["symbol"]: row["time"] for row in rows}


async def newest_post(session: Session, sources: Sequence[str], ids: tuple[str, str]) -> datetime | None:
    """Find when the newest post with an id in [low, high) was written; ids must ascend with time."""
    row = await session.fetchrow("newest_simulated_post", _NEWEST_POST, list(sources), *ids)
    return row["posted_at"] if row else None


async def delete_bars(database: Database, symbols: Sequence[str], width: int, before: datetime) -> int:
    """Delete the simulated bars of these symbols and this width that start before a time; returns how many."""
    deleted = 0
    for some in batches(symbols, _SYMBOLS_AT_ONCE):

        async def work(connection: Connection, some: Sequence[str] = some) -> int:
            return affected(await connection.execute(_DELETE_BARS, list(some), width, before))

        went = await in_transaction(database, work)
        deleted += went
        if went:
            await database.telling.tell(of_bars(some))
    return deleted


async def delete_quotes(database: Database, symbols: Sequence[str]) -> int:
    """Delete the simulated quotes of these symbols; returns how many."""

    async def work(connection: Connection) -> int:
        return affected(await connection.execute(_DELETE_QUOTES, list(symbols)))

    deleted = await in_transaction(database, work)
    await database.telling.tell(of_quotes(symbols, set()))
    return deleted


async def delete_mentions(database: Database, symbols: Sequence[str], since: datetime) -> int:
    """Delete the simulated mentions of these symbols from a time on; returns how many."""
    deleted = 0
    for some in batches(symbols, _SYMBOLS_AT_ONCE):

        async def work(connection: Connection, some: Sequence[str] = some) -> int:
            return affected(await connection.execute(_DELETE_MENTIONS_OF, list(some), since))

        deleted += await in_transaction(database, work)
        await database.telling.tell(of_mentions(set(some)))
    return deleted


async def delete_posts(database: Database, source: str, ids: tuple[str, str]) -> int:
    """Delete the simulated posts with an id in [low, high), mentions and ledger, no tombstones; returns how many."""
    deleted = 0
    while some := await in_transaction(database, lambda connection: _delete_some(connection, source, ids)):
        deleted += some
        await database.telling.tell(of_all_mentions())
    return deleted


async def _delete_some(connection: Connection, source: str, ids: tuple[str, str]) -> int:
    rows = await connection.fetch(_OLD_POSTS, source, *ids, _POSTS_AT_ONCE)
    if not rows:
        return 0
    names, times = [row["external_id"] for row in rows], [row["posted_at"] for row in rows]
    await connection.execute(_DELETE_MENTIONS, source, names, times, min(times), max(times))
    await connection.execute(_DELETE_POSTS, source, names)
    return len(rows)
