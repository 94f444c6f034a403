"""What counts toward trending: within a clock hour (UTC) and symbol, copies of a text once, an author three times.

The first copy counts, by time and then by source and the source's id; of the copies left, an author's first three of a
source. A text without a copy key has no copies, and a mention without an author no limit. Whole hours are looked
through once and remembered in `counted_hours` until their roll-ups change; parts of hours are counted as they are read.
"""

from datetime import datetime
from typing import Any, Protocol

import asyncpg

from storage.rows import Window

MOST_OF_AN_AUTHOR = 3
HOURS_AT_ONCE = 30_000
_LOCK = 0x1A51_0180

_HOUR = "date_bin('1 hour', posted_at, '2001-01-01 00:00Z')"
_ORDER = "ORDER BY posted_at, source, external_id"


class Fetches(Protocol):
    """A session, or a transaction of one."""

    async def fetch(self, name: str, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Run one statement and return its rows."""


def looked_through(mentions: str, *kept: str) -> str:
    """Write the query that adds to `mentions`, and keeps its columns `kept`, whether each counts.

    `mentions` is a query of these columns and symbol, source, external_id, posted_at, author, copy_key and score; each
    distinct value of `kept` is counted for itself.
    """
    group = ", ".join((*kept, "symbol", "hour"))
    return f"""
SELECT {", ".join(kept)}{"," if kept else ""} symbol, score,
       copy = 1 AND (author IS NULL OR {MOST_OF_AN_AUTHOR} >= row_number() OVER (
           PARTITION BY {group}, copy = 1, source, author COLLATE "C" {_ORDER})) AS counts
FROM (
    SELECT *, CASE WHEN copy_key IS NULL THEN 1
                   ELSE row_number() OVER (PARTITION BY {group}, copy_key {_ORDER}) END AS copy
    FROM (SELECT *, {_HOUR} AS hour FROM ({mentions}) AS mention) AS timed
) AS compared
"""


_OF_ONE_HOUR = """
SELECT symbol, source, external_id, posted_at, author, copy_key, score FROM stock_mentions
WHERE symbol = stale.symbol AND posted_at >= stale.bucket AND posted_at < stale.bucket + interval '1 hour'
  AND stale.number > 1
"""
# $1, $2 the hours; $3 how many to look through. A row's xmin is the transaction that wrote it last, so the hash of all
# rows of an hour changes with every change; one statement sees roll-ups and mentions of the same moment.
COUNT = f"""
WITH rolled AS (
    SELECT bucket, symbol, sum(mention_count) AS number,
           bit_xor(hashtextextended(source || ' ' || xmin::text, 0)) AS signature
    FROM sentiment_data WHERE width = 3600 AND bucket >= $1::timestamptz AND bucket < $2::timestamptz
    GROUP BY bucket, symbol
), kept AS (
    SELECT bucket, symbol, signature FROM counted_hours WHERE bucket >= $1::timestamptz AND bucket < $2::timestamptz
), stale AS MATERIALIZED (
    SELECT bucket, symbol, rolled.number, rolled.signature FROM rolled FULL JOIN kept USING (bucket, symbol)
    WHERE rolled.signature IS DISTINCT FROM kept.signature
    ORDER BY bucket DESC LIMIT $3::bigint
), gone AS (
    DELETE FROM counted_hours AS old USING stale
    WHERE stale.signature IS NULL AND old.bucket = stale.bucket AND old.symbol = stale.symbol
), counted AS (
    INSERT INTO counted_hours (symbol, bucket, signature, discounted_count, discounted_sum)
    SELECT stale.symbol, stale.bucket, stale.signature, found.discounted_count, coalesce(found.discounted_sum, 0)
    FROM stale CROSS JOIN LATERAL (
        SELECT count(*) AS discounted_count, sum(score) AS discounted_sum
        FROM ({looked_through(_OF_ONE_HOUR)}) AS seen WHERE NOT counts
    ) AS found
    WHERE stale.signature IS NOT NULL
    ON CONFLICT (bucket, symbol) DO UPDATE SET
        signature = excluded.signature, discounted_count = excluded.discounted_count,
        discounted_sum = excluded.discounted_sum
)
SELECT count(*) AS number FROM stale
"""
_BOUNDS = """
SELECT least((SELECT min(bucket) FROM sentiment_data WHERE width = 3600), (SELECT min(bucket) FROM counted_hours))
       AS oldest,
       greatest((SELECT max(bucket) FROM sentiment_data WHERE width = 3600), (SELECT max(bucket) FROM counted_hours))
       AS newest
"""


async def count_hours(transaction: Fetches, hours: Window, most: int = HOURS_AT_ONCE) -> int:
    """Look through the hours [start, end) whose roll-ups changed, newest first; return how many of them, per symbol.

    At most `most` are done. One process counts at a time: the others wait, up to their statement's deadline.
    """
    await transaction.fetch("counting_lock", "SELECT pg_advisory_xact_lock($1)", _LOCK)
    rows = await transaction.fetch("count_hours", COUNT, hours.start, hours.end, most)
    return int(rows[0]["number"])


async def counted_bounds(source: Fetches) -> tuple[datetime, datetime] | None:
    """Return the first and the last hour that has mentions, or had some when it was counted; None where none has."""
    row = (await source.fetch("counted_bounds", _BOUNDS))[0]
    return (row["oldest"], row["newest"]) if row["oldest"] is not None else None
