"""The ledger of posts: which are known, where their mentions lie, and which were deleted.

Its rows are the locks of writers: whoever holds a post's entry is alone with the post's mentions. Entries are locked in
the order of their keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from storage.database import Connection
from storage.post_records import PostKey, PostRecord

_ADD = """
INSERT INTO posts (source, external_id, posted_at, observed_at, deleted_at, silent, check_at)
SELECT source, external_id, posted_at, observed_at, deleted_at, silent,
       CASE WHEN NOT silent THEN now() + INTERVAL '1 hour' END
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::boolean[])
     AS given (source, external_id, posted_at, observed_at, deleted_at, silent)
ORDER BY source COLLATE "C", external_id COLLATE "C"
ON CONFLICT (source, external_id) DO NOTHING
RETURNING source, external_id
"""
_LOCK = """
SELECT kept.source, kept.external_id, kept.posted_at, kept.observed_at, kept.deleted_at, kept.silent
FROM posts AS kept
JOIN unnest($1::text[], $2::text[]) AS given (source, external_id)
  ON kept.source = given.source AND kept.external_id = given.external_id
ORDER BY kept.source, kept.external_id FOR UPDATE OF kept
"""
_NOTE = """
UPDATE posts AS kept
SET posted_at = given.posted_at, observed_at = coalesce(given.observed_at, kept.observed_at), deleted_at = NULL,
    silent = given.silent,
    check_at = CASE WHEN given.silent THEN kept.check_at ELSE coalesce(kept.check_at, now() + INTERVAL '1 hour') END
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
     AS given (source, external_id, posted_at, observed_at, silent)
WHERE kept.source = given.source AND kept.external_id = given.external_id
"""
_BURY = """
UPDATE posts AS kept SET deleted_at = greatest(kept.deleted_at, given.deleted_at)
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (source, external_id, deleted_at)
WHERE kept.source = given.source AND kept.external_id = given.external_id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in the ledger: where its mentions lie, when it was last read, when it was deleted; `new` just now.

    One that is `silent` has no mentions; a new one is not looked up at its source: it shows nothing that must go.
    """

    posted_at: datetime
    observed_at: datetime | None
    deleted_at: datetime | None
    new: bool
    silent: bool = False


class Verdict(Enum):
    """What a record means to the ledger."""

    NEW = "new"
    KNOWN = "known"
    STALE = "stale"
    DELETED = "deleted"


def judge(entry: Entry, observed_at: datetime | None) -> Verdict:
    """Tell what becomes of a record that was read from its source at `observed_at`."""
    if entry.new:
        return Verdict.NEW
    if entry.deleted_at is not None and (observed_at is None or observed_at <= entry.deleted_at):
        return Verdict.DELETED
    if entry.observed_at is not None and observed_at is not None and observed_at < entry.observed_at:
        return Verdict.STALE
    return Verdict.KNOWN


def buries(entry: Entry, missed_at: datetime) -> bool:
    """Tell whether a post that its source did not show at `missed_at` is to go: it was not seen there afterwards.

    A new entry is a tombstone already.
    """
    return not entry.new and (entry.observed_at is None or entry.observed_at <= missed_at)


async def lock_entries(connection: Connection, wanted: dict[PostKey, Entry]) -> dict[PostKey, Entry]:
    """Add the entries that are missing, lock the others, and return them all as they stand.

    An entry that another writer removes between the two statements takes one more round.
    """
    found: dict[PostKey, Entry] = {}
    while rest := [key for key in wanted if key not in found]:
        given = [wanted[key] for key in rest]
        added = await connection.fetch(
            _ADD,
            *_columns(rest),
            [entry.posted_at for entry in given],
            [entry.observed_at for entry in given],
            [entry.deleted_at for entry in given],
            [entry.silent for entry in given],
        )
        found |= {(row["source"], row["external_id"]): wanted[row["source"], row["external_id"]] for row in added}
        if known := [key for key in rest if key not in found]:
            for row in await connection.fetch(_LOCK, *_columns(known)):
                entry = Entry(row["posted_at"], row["observed_at"], row["deleted_at"], new=False, silent=row["silent"])
                found[row["source"], row["external_id"]] = entry
    return found


async def note_entries(connection: Connection, posts: dict[PostKey, tuple[Entry, PostRecord]]) -> set[PostKey]:
    """Bring locked entries up to date, and return the keys of those that moved or came back.

    Whether a post is silent is always noted: the purge of silent posts must not take one that a writer gave a voice.
    """
    moved = {
        key for key, (entry, post) in posts.items() if entry.deleted_at is not None or entry.posted_at != post.posted_at
    }
    read = {key for key, (entry, post) in posts.items() if post.observed_at not in (None, entry.observed_at)}
    turned = {key for key, (entry, post) in posts.items() if entry.silent == bool(post.mentions)}
    keys = sorted(moved | read | turned)
    if keys:
        given = [posts[key][1] for key in keys]
        times = [post.posted_at for post in given], [post.observed_at for post in given]
        await connection.execute(_NOTE, *_columns(keys), *times, [not post.mentions for post in given])
    return moved


async def bury_entries(connection: Connection, deleted: dict[PostKey, datetime]) -> None:
    """Turn locked entries into tombstones of the times given; an older tombstone becomes younger, never older."""
    if deleted:
        await connection.execute(_BURY, *_columns(list(deleted)), list(deleted.values()))


def _columns(keys: Sequence[PostKey]) -> tuple[list[str], list[str]]:
    return [source for source, _ in keys], [external_id for _, external_id in keys]
