"""How fresh each feed is: one row per feed, kept by its writers."""

from datetime import datetime

from storage.database import Connection
from storage.rows import FeedRow
from storage.session import Session
from storage.terms import Feed

_RECORD = """
INSERT INTO feeds AS kept (feed, newest_at) VALUES ($1::text, $2::timestamptz)
ON CONFLICT (feed) DO UPDATE SET newest_at = greatest(kept.newest_at, excluded.newest_at), written_at = now()
"""


async def newest(session: Session) -> list[FeedRow]:
    """Return the newest item of every feed that ever brought one, in the order of their names."""
    rows = await session.fetch("feeds_newest", "SELECT feed, newest_at FROM feeds ORDER BY feed")
    return [FeedRow(Feed(row["feed"]), row["newest_at"]) for row in rows]


async def record(connection: Connection, feed: Feed, newest_at: datetime) -> None:
    """Note, in the transaction that wrote it, the time of an item that a feed brought; an older one changes nothing."""
    await connection.execute(_RECORD, feed.value, newest_at)
