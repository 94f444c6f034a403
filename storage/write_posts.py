"""Writing posts and their mentions, exactly once: a post is known by its source and the source's own id.

The ledger `posts` remembers each. Writing a post again replaces its mentions: a corrected date moves them, a mention no
longer found goes. A deleted post leaves a tombstone, and comes back only by a record read from the source after the
deletion (`observed_at`); a record read before what is stored is stale and changes nothing. Without `observed_at` the
later write holds, except against a tombstone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from storage import feeds
from storage.database import Connection, Database
from storage.mention_rows import Moves, mention_tuples, replace_mentions
from storage.post_ledger import Entry, Verdict, bury_entries, judge, lock_entries, note_entries
from storage.post_records import MentionRecord, PostKey, PostRecord
from storage.terms import Feed, Source
from storage.writing import batches, in_transaction, listed

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class PostCounts:
    """Posts by what became of them, and mentions; `symbols` are those mentioned but not listed, and left out."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    deleted: int = 0
    mentions: int = 0
    symbols: frozenset[str] = frozenset()

    def __add__(self, other: "PostCounts") -> "PostCounts":
        return PostCounts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.stale + other.stale,
            self.deleted + other.deleted,
            self.mentions + other.mentions,
            self.symbols | other.symbols,
        )


async def write_posts(database: Database, rows: Sequence[PostRecord]) -> PostCounts:
    """Write posts and mentions; of two records of one post the later in the list holds."""
    counts = PostCounts()
    for batch in batches(list({row.key: row for row in rows}.items()), BATCH):
        counts += await in_transaction(database, partial(_write, posts=dict(batch)))
    return counts


async def delete_posts(database: Database, source: Source, external_ids: Sequence[str]) -> PostCounts:
    """Take posts and their mentions away and leave tombstones, also for posts that were never seen.

    `deleted` counts the posts that went; those unknown or gone before are `unchanged`.
    """
    counts = PostCounts()
    for batch in batches(sorted(set(external_ids)), BATCH):
        counts += await in_transaction(database, partial(_delete, keys=[(source.value, each) for each in batch]))
    return counts


async def _write(connection: Connection, posts: dict[PostKey, PostRecord]) -> PostCounts:
    entries = await lock_entries(
        connection, {key: Entry(post.posted_at, post.observed_at, None, new=True) for key, post in posts.items()}
    )
    verdicts = {key: judge(entries[key], post.observed_at) for key, post in posts.items()}
    accepted = {key: post for key, post in posts.items() if verdicts[key] in (Verdict.NEW, Verdict.KNOWN)}
    named = {mention.symbol for post in accepted.values() for mention in post.mentions}
    symbols = await listed(connection, named)
    tuples = [row for post in accepted.values() for row in mention_tuples(post, symbols)]
    known = {key: entries[key] for key in accepted if verdicts[key] is Verdict.KNOWN}
    moves: Moves = {key: (entry.posted_at, accepted[key].posted_at) for key, entry in known.items()}
    changed = await replace_mentions(connection, tuples, moves)
    changed |= await note_entries(connection, {key: (entry, accepted[key]) for key, entry in known.items()})
    await _note_feeds(connection, list(accepted.values()))
    updated = len(changed & known.keys())
    verdict_list = list(verdicts.values())
    return PostCounts(
        inserted=verdict_list.count(Verdict.NEW),
        updated=updated,
        unchanged=len(known) - updated,
        stale=verdict_list.count(Verdict.STALE),
        deleted=verdict_list.count(Verdict.DELETED),
        mentions=len(tuples),
        symbols=frozenset(named) - symbols,
    )


async def _delete(connection: Connection, keys: list[PostKey]) -> PostCounts:
    now = datetime.now(UTC)
    entries = await lock_entries(connection, {key: Entry(now, None, now, new=True) for key in keys})
    gone = {key: entry for key, entry in entries.items() if not entry.new and entry.deleted_at is None}
    await replace_mentions(connection, [], {key: (entry.posted_at, None) for key, entry in gone.items()})
    await bury_entries(connection, sorted(gone), now)
    return PostCounts(deleted=len(gone), unchanged=len(keys) - len(gone))


async def _note_feeds(connection: Connection, posts: list[PostRecord]) -> None:
    newest: dict[Feed, datetime] = {}
    for post in posts:
        feed = Feed.DEMO if post.simulated else Feed(post.source.value)
        newest[feed] = max(post.posted_at, newest.get(feed, post.posted_at))
    for feed in sorted(newest, key=lambda feed: feed.value):
        await feeds.record(connection, feed, newest[feed])


__all__ = ["MentionRecord", "PostCounts", "PostRecord", "delete_posts", "write_posts"]
