"""Which posts to look up at their source, to see whether they are still shown: those whose time has come, oldest first.

A post's `check_at` is null when it is not to be looked up again. Deleted posts are never looked up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.database import Connection, Database
from storage.session import Session
from storage.terms import Source
from storage.writing import in_transaction

_DUE = """
SELECT external_id, posted_at FROM posts
WHERE source = $1::text AND source <> 'news' AND deleted_at IS NULL AND check_at <= $2::timestamptz
ORDER BY check_at LIMIT $3::integer
"""
# Rows are locked in the order of their key, as the writers of posts lock them.
_PUT_OFF = """
UPDATE posts AS kept SET check_at = given.check_at
FROM (
    SELECT locked.external_id, wanted.check_at
    FROM posts AS locked
    JOIN unnest($2::text[], $3::timestamptz[]) AS wanted (external_id, check_at)
      ON locked.external_id = wanted.external_id
    WHERE locked.source = $1::text
    ORDER BY locked.external_id FOR UPDATE OF locked
) AS given
WHERE kept.source = $1::text AND kept.external_id = given.external_id
"""


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post to look up."""

    external_id: str
    posted_at: datetime


async def due_posts(session: Session, source: Source, now: datetime, most: int) -> list[DuePost]:
    """Return at most so many posts of a source that are due, the longest overdue first."""
    rows = await session.fetch("due_posts", _DUE, source.value, now, most)
    return [DuePost(row["external_id"], row["posted_at"]) for row in rows]


async def put_off(database: Database, source: Source, check_at: Mapping[str, datetime | None]) -> None:
    """Say when each of these posts is to be looked up next; None for never again."""
    ids = sorted(check_at)

    async def work(connection: Connection) -> None:
        await connection.execute(_PUT_OFF, source.value, ids, [check_at[each] for each in ids])

    if ids:
        await in_transaction(database, work)
