"""What is kept for a set time only: the texts of mentions, and what the ledger knows of deleted and silent posts.

A mention without its text and evidence keeps its score, label, author's pseudonym and place, so roll-ups and trending
stay as they are. Simulated mentions keep their texts: no source has a say in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.cache.written import of_all_mentions
from storage.database import Connection, Database
from storage.terms import Source
from storage.writing import affected, in_transaction

TEXTS_AT_ONCE = 2_000
ENTRIES_AT_ONCE = 5_000
_STRETCH = timedelta(days=1)  # what one statement reads at most, whether there is something to clear or not

# $1, $2 sources and the times before which their texts go; $3, $4 a stretch of time; $5 how many.
_OLD = """
WITH old AS MATERIALIZED (
    SELECT posted_at, mention_id, mention.symbol, mention.source
    FROM stock_mentions AS mention
    JOIN unnest($1::text[], $2::timestamptz[]) AS rule (source, before)
      ON rule.source = mention.source AND mention.posted_at < rule.before
    WHERE mention.posted_at >= $3::timestamptz AND mention.posted_at < $4::timestamptz
      AND mention.text IS NOT NULL AND NOT mention.simulated
    ORDER BY posted_at, mention_id LIMIT $5::bigint
)"""
# Writers of posts lock roll-ups before mentions, in this order; the triggers of the update below would come after them.
_LOCK = f"""
{_OLD}
SELECT FROM sentiment_data AS kept
JOIN (
    SELECT DISTINCT symbol, width, source, date_bin(make_interval(secs => width), posted_at, '2001-01-01 00:00Z')
    FROM old CROSS JOIN (VALUES (3600), (86400)) AS widths (width)
) AS touched (symbol, width, source, bucket) USING (symbol, width, bucket, source)
ORDER BY symbol, width, bucket, source FOR UPDATE OF kept
"""
_CLEAR = f"""
{_OLD}, cleared AS (
    UPDATE stock_mentions AS kept SET text = NULL, evidence = '[]'
    FROM old
    WHERE kept.posted_at = old.posted_at AND kept.mention_id = old.mention_id
      AND kept.posted_at >= $3::timestamptz AND kept.posted_at < $4::timestamptz
)
SELECT count(*) AS number, max(posted_at) AS newest FROM old
"""
_OLDEST = "SELECT min(posted_at) FROM stock_mentions"
_BURIED = """
DELETE FROM posts WHERE (source, external_id) IN (
    SELECT source, external_id FROM posts WHERE deleted_at < $1::timestamptz
    ORDER BY deleted_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED
)
"""
_SILENT = """
DELETE FROM posts WHERE (source, external_id) IN (
    SELECT source, external_id FROM posts
    WHERE silent AND deleted_at IS NULL AND coalesce(observed_at, posted_at) < $1::timestamptz
    ORDER BY coalesce(observed_at, posted_at) LIMIT $2::bigint FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many texts went, and from where to go on; None when all is done."""

    texts: int
    position: datetime | None


async def clear_texts(database: Database, before: Mapping[Source, datetime], position: datetime | None) -> Cleared:
    """Clear the texts of mentions posted before each source's time, in one bounded step from `position` on."""
    end = max(before.values())

    async def clear(connection: Connection) -> Cleared:
        start = position or await connection.fetchval(_OLDEST)
        if start is None or start >= end:
            return Cleared(0, None)
        until = min(start + _STRETCH, end)
        sources, times = [source.value for source in before], list(before.values())
        await connection.execute(_LOCK, sources, times, start, until, TEXTS_AT_ONCE)
        row = await connection.fetchrow(_CLEAR, sources, times, start, until, TEXTS_AT_ONCE)
        number = row["number"] if row else 0
        if row and number == TEXTS_AT_ONCE:
            return Cleared(number, row["newest"])
        return Cleared(number, until if until < end else None)

    cleared = await in_transaction(database, clear)
    if cleared.texts:
        await database.telling.tell(of_all_mentions())
    return cleared


async def purge_tombstones(database: Database, before: datetime) -> int:
    """Take away some of the ledger's entries of posts deleted before a time; returns how many, 0 when none are left."""
    return await _purge(database, _BURIED, before)


async def purge_silent(database: Database, before: datetime) -> int:
    """Take away some of the ledger's entries of posts about nothing that were last read before a time, as above.

    They keep older readings away, which may have had mentions: the time must be before any that is still on its way.
    """
    return await _purge(database, _SILENT, before)


async def _purge(database: Database, statement: str, before: datetime) -> int:
    async def purge(connection: Connection) -> int:
        return affected(await connection.execute(statement, before, ENTRIES_AT_ONCE))

    return await in_transaction(database, purge)
