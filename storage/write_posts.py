"""Writing posts and their mentions, exactly once: a post is known by its source and the source's own id.

The ledger `posts` remembers each. Writing a post again replaces its mentions: a corrected date moves them, a mention no
longer found goes. A deleted post leaves a tombstone, and comes back only by a record read from the source after the
deletion (`observed_at`); a record read before what is stored is stale and changes nothing. Without `observed_at` the
later write holds, except against a tombstone.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from storage import feeds
from storage.cache.written import of_all_mentions, of_mentions
from storage.database import Connection, Database
from storage.mention_rows import Moves, mention_tuples, replace_mentions
from storage.mentions import of_posts
from storage.post_counts import PostChanges, PostCounts
from storage.post_ledger import Entry, Verdict, buries, bury_entries, judge, lock_entries, note_entries
from storage.post_records import MentionRecord, PostKey, PostRecord, Removal
from storage.terms import Feed, Source
from storage.writing import batches, in_transaction, listed

BATCH = 5_000


async def write_posts(database: Database, rows: Sequence[PostRecord]) -> PostCounts:
    """Write posts and mentions; of two records of one post the later in the list holds."""
    counts = PostCounts()
    for batch in batches(list({row.key: row for row in rows}.items()), BATCH):
        changes = await in_transaction(database, partial(_write, posts=dict(batch), removals={}, tell_all=False))
        counts += changes.counts
        await database.telling.tell(of_mentions(changes.symbols))
    return counts


async def delete_posts(database: Database, source: Source, external_ids: Sequence[str]) -> PostCounts:
    """Take posts and their mentions away and leave tombstones, also for posts that were never seen.

    `deleted` counts the posts that went; those unknown or gone before are `unchanged`.
    """
    counts = PostCounts()
    for batch in batches(sorted(set(external_ids)), BATCH):
        changes = await in_transaction(database, partial(_delete, keys=[(source.value, each) for each in batch]))
        counts += changes.counts
        await database.telling.tell(of_mentions(changes.symbols))
    return counts


async def apply_posts(
    database: Database, posts: Sequence[PostRecord], removals: Sequence[Removal], *, tell_all: bool
) -> PostChanges:
    """Write and remove posts in one transaction, and return the mentions that are new or changed.

    Of several records of one post the one read last holds, and a removal against a post that was read at the same
    time; posts must carry `observed_at`. With `tell_all` the mentions are all that the posts named here have now: for
    a batch that may have been written before, by a process that died before it could tell; caches then forget all
    mentions, for those that the first writing took away are not known any more. At most BATCH of each.
    """
    removed: dict[PostKey, Removal] = {}
    for removal in sorted(removals, key=lambda each: each.observed_at):
        removed[removal.key] = removal
    newest: dict[PostKey, PostRecord] = {}
    for post in posts:
        kept = newest.get(post.key)
        if kept is None or _read_at(post) >= _read_at(kept):
            newest[post.key] = post
    for key in removed.keys() & newest.keys():
        if _read_at(newest[key]) <= removed[key].observed_at:
            del newest[key]
        else:
            del removed[key]
    changes = await in_transaction(database, partial(_write, posts=newest, removals=removed, tell_all=tell_all))
    await database.telling.tell(of_all_mentions() if tell_all else of_mentions(changes.symbols))
    return changes


async def _write(
    connection: Connection, posts: dict[PostKey, PostRecord], removals: dict[PostKey, Removal], *, tell_all: bool
) -> PostChanges:
    wanted = {
        key: Entry(post.posted_at, post.observed_at, None, new=True, silent=not post.mentions)
        for key, post in posts.items()
    }
    wanted |= {key: Entry(each.observed_at, None, each.observed_at, new=True) for key, each in removals.items()}
    entries = await lock_entries(connection, wanted)
    verdicts = {key: judge(entries[key], post.observed_at) for key, post in posts.items()}
    accepted = {key: post for key, post in posts.items() if verdicts[key] in (Verdict.NEW, Verdict.KNOWN)}
    known = {key: entries[key] for key in accepted if verdicts[key] is Verdict.KNOWN}
    buried = {key: each.observed_at for key, each in removals.items() if buries(entries[key], each.observed_at)}
    gone = {key for key in buried if entries[key].deleted_at is None}
    named = frozenset(mention.symbol for post in accepted.values() for mention in post.mentions)
    symbols = await listed(connection, set(named))
    tuples = [row for post in accepted.values() for row in mention_tuples(post, symbols)]
    moves: Moves = {key: (entry.posted_at, accepted[key].posted_at) for key, entry in known.items()}
    replaced = await replace_mentions(connection, tuples, moves | {key: (entries[key].posted_at, None) for key in gone})
    moved = await note_entries(connection, {key: (entry, accepted[key]) for key, entry in known.items()})
    await bury_entries(connection, buried)
    await _note_feeds(connection, list(accepted.values()))
    changed = len((replaced.posts | moved) & known.keys())
    became = Counter(verdicts.values())
    counts = PostCounts(
        inserted=became[Verdict.NEW],
        updated=changed,
        unchanged=len(known) - changed + len(removals) - len(gone),
        stale=became[Verdict.STALE],
        deleted=became[Verdict.DELETED] + len(gone),
        mentions=len(tuples),
        symbols=named - symbols,
    )
    if not tell_all:
        return PostChanges(counts, replaced.rows(tuples), replaced.symbols)
    stored = await of_posts(connection, {key: (accepted.get(key) or entries[key]).posted_at for key in posts})
    return PostChanges(counts, stored, replaced.symbols)


async def _delete(connection: Connection, keys: list[PostKey]) -> PostChanges:
    now = datetime.now(UTC)
    entries = await lock_entries(connection, {key: Entry(now, None, now, new=True) for key in keys})
    gone = {key: entry for key, entry in entries.items() if not entry.new and entry.deleted_at is None}
    replaced = await replace_mentions(connection, [], {key: (entry.posted_at, None) for key, entry in gone.items()})
    await bury_entries(connection, dict.fromkeys(sorted(gone), now))
    counts = PostCounts(deleted=len(gone), unchanged=len(keys) - len(gone))
    return PostChanges(counts, symbols=replaced.symbols)


async def _note_feeds(connection: Connection, posts: list[PostRecord]) -> None:
    newest: dict[Feed, datetime] = {}
    for post in posts:
        feed = Feed.DEMO if post.simulated else Feed(post.source.value)
        newest[feed] = max(post.posted_at, newest.get(feed, post.posted_at))
    for feed in sorted(newest, key=lambda feed: feed.value):
        await feeds.record(connection, feed, newest[feed])


def _read_at(post: PostRecord) -> datetime:
    if post.observed_at is None:
        raise ValueError(f"{post.key}: a post on the intake says when its source was read")
    return post.observed_at


__all__ = ["MentionRecord", "PostCounts", "PostRecord", "apply_posts", "delete_posts", "write_posts"]
