"""Locks on roll-ups: a transaction that changes mentions in several statements takes those of all of them first.

Each statement's trigger locks the roll-ups that it changes in the order of their key, but a second statement begins
that order anew, and two writers that remove, insert and update mentions of the same hours would meet in a deadlock.
"""

from collections.abc import Sequence
from datetime import datetime

from storage.database import Connection

# $1, $2, $3 posts as stored; $4, $5 the first and the last of their times. An upsert locks the rows whose update its
# WHERE leaves out, and does not change them; those that are missing wait at zero for this transaction's sums.
_LOCK = """
INSERT INTO sentiment_data AS kept
    (symbol, width, bucket, source, mention_count, score_sum, score_squares, positive, neutral, negative)
SELECT DISTINCT symbol, width, date_bin(make_interval(secs => width), posted_at, '2001-01-01 00:00Z'), source,
       0, 0, 0, 0, 0, 0
FROM (
    SELECT symbol, source, posted_at FROM incoming_mentions
    UNION ALL
    SELECT stored.symbol, stored.source, stored.posted_at
    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS old (source, external_id, posted_at)
    JOIN stock_mentions AS stored
      ON stored.source = old.source AND stored.external_id = old.external_id AND stored.posted_at = old.posted_at
     AND stored.posted_at >= $4::timestamptz AND stored.posted_at <= $5::timestamptz
) AS touched
CROSS JOIN (VALUES (3600), (86400)) AS widths (width)
ORDER BY 1, 2, 3, 4
ON CONFLICT (symbol, width, bucket, source) DO UPDATE SET mention_count = kept.mention_count WHERE false
"""


async def lock_rollups(
    connection: Connection, sources: Sequence[str], external_ids: Sequence[str], times: Sequence[datetime]
) -> None:
    """Lock the roll-ups of some posts' stored mentions, and of all incoming ones, in the order of their key.

    The caller holds the posts' entries in the ledger, and makes the incoming mentions the stored ones afterwards.
    """
    await connection.execute(_LOCK, sources, external_ids, times, min(times), max(times))
