"""Roll-ups compared with the mentions they stand for, and put right where they differ.

Triggers keep both in one transaction, so any one statement sees them agree; a difference comes from outside, as from
`drop_chunks`, a restored backup, or triggers that were off. The comparison takes no locks. Only where it finds a
difference are the writers of roll-ups held off, while those rows alone are summed again: whoever had written before has
committed, and whoever comes after adds to what is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.cache.written import of_all_mentions
from storage.database import Connection, Database
from storage.rows import Window
from storage.sentiment_sums import LIST, NAMES, ONE_MENTION
from storage.writing import batches, in_transaction

ROLLUPS_AT_ONCE = 1_000
_LOCK_TIMEOUT = "2s"  # writers queue behind a lock that is waited for

_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in NAMES)
_KEY = "symbol, width, bucket, source"

# $1, $2 bounds of whole days.
_DIFFERENT = f"""
SELECT {_KEY}, coalesce(raw.mention_count, 0) AS found, coalesce(kept.mention_count, 0) AS stored
FROM (
    SELECT symbol, width, date_bin(make_interval(secs => width), posted_at, '2001-01-01 00:00Z') AS bucket, source,
           {_SUMS}
    FROM (SELECT symbol, posted_at, source, {ONE_MENTION} FROM stock_mentions
          WHERE posted_at >= $1::timestamptz AND posted_at < $2::timestamptz) AS mention
    CROSS JOIN (VALUES (3600), (86400)) AS widths (width)
    GROUP BY 1, 2, 3, 4
) AS raw
FULL JOIN (
    SELECT {_KEY}, {LIST} FROM sentiment_data
    WHERE width IN (3600, 86400) AND bucket >= $1::timestamptz AND bucket < $2::timestamptz
) AS kept USING ({_KEY})
WHERE ({", ".join(f"raw.{name}" for name in NAMES)}) IS DISTINCT FROM ({", ".join(f"kept.{name}" for name in NAMES)})
ORDER BY {_KEY}
"""
_HOLD_OFF = "LOCK TABLE sentiment_data IN SHARE ROW EXCLUSIVE MODE"
# $1, $2, $3, $4 the keys of roll-ups.
_REPAIR = f"""
WITH summed AS MATERIALIZED (
    SELECT key.symbol, key.width, key.bucket, key.source, mentions.*
    FROM unnest($1::text[], $2::integer[], $3::timestamptz[], $4::text[]) AS key (symbol, width, bucket, source)
    CROSS JOIN LATERAL (
        SELECT {_SUMS}
        FROM (SELECT {ONE_MENTION} FROM stock_mentions
              WHERE symbol = key.symbol AND source = key.source
                AND posted_at >= key.bucket AND posted_at < key.bucket + make_interval(secs => key.width)) AS mention
    ) AS mentions
), emptied AS (
    DELETE FROM sentiment_data AS old USING summed
    WHERE summed.mention_count = 0
      AND ({", ".join(f"old.{name}" for name in _KEY.split(", "))})
          = ({", ".join(f"summed.{name}" for name in _KEY.split(", "))})
)
INSERT INTO sentiment_data ({_KEY}, {LIST})
SELECT {_KEY}, {LIST} FROM summed WHERE mention_count > 0
ON CONFLICT (symbol, width, bucket, source) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in NAMES)}
"""
_BOUNDS = """
SELECT least((SELECT min(posted_at) FROM stock_mentions), min(oldest)) AS oldest,
       greatest((SELECT max(posted_at) FROM stock_mentions), max(newest)) AS newest
FROM (VALUES (3600), (86400)) AS widths (width)
CROSS JOIN LATERAL (
    SELECT min(bucket) AS oldest, max(bucket) AS newest FROM sentiment_data WHERE width = widths.width
) AS kept
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A roll-up that was not the sum of its mentions; `found` mentions are there, and `stored` were said to be."""

    symbol: str
    width: int
    bucket: datetime
    source: str
    found: int
    stored: int


async def repair_rollups(database: Database, days: Window) -> list[Difference]:
    """Compare the roll-ups of whole days (UTC) with their mentions, repair those that differ, and return them.

    Raise `Unavailable` where writers could not be held off within two seconds: nothing was changed then, or only some
    of the differences, and the next run finds the rest.
    """

    async def compare(connection: Connection) -> list[Difference]:
        return [Difference(**dict(row)) for row in await connection.fetch(_DIFFERENT, days.start, days.end)]

    different = await in_transaction(database, compare)
    for some in batches(different, ROLLUPS_AT_ONCE):

        async def repair(connection: Connection, some: Sequence[Difference] = some) -> None:
            await connection.execute("SELECT set_config('lock_timeout', $1, true)", _LOCK_TIMEOUT)
            await connection.execute(_HOLD_OFF)
            await connection.execute(
                _REPAIR,
                [each.symbol for each in some],
                [each.width for each in some],
                [each.bucket for each in some],
                [each.source for each in some],
            )

        await in_transaction(database, repair)
        await database.telling.tell(of_all_mentions())
    return different


async def mention_bounds(database: Database) -> tuple[datetime, datetime] | None:
    """Return the times of the first and last mention or roll-up; None where there are none."""

    async def look(connection: Connection) -> tuple[datetime, datetime] | None:
        row = await connection.fetchrow(_BOUNDS)
        return None if row is None or row["oldest"] is None else (row["oldest"], row["newest"])

    return await in_transaction(database, look)
