"""Documents that operators registered: PostgreSQL is the truth about them, and every API process follows it.

Whoever changes them counts a number up, and holds it to the end of the transaction: so changes come one after another,
and a process that has read the documents of a number knows all that came before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.session import Session

MOST_DOCUMENTS = 10_000
MOST_BYTES = 64 * 2**20
"""Bounds on all documents together: each API process holds them in memory."""
LONGEST_NAME = 200
LONGEST_APP = 100
"""Characters, as the table has them; of a version, too."""
_PREFIX = "sha256:"
_TEXTS_AT_ONCE = 500

_REVISION = "SELECT number FROM documents_revision"
_LISTING = """
SELECT id, name, digest, app, version, added_at, used_on, octet_length(text) AS size
FROM documents ORDER BY id LIMIT $1::integer
"""
# Tools write a hash with and without its prefix and mean one document, so both go by either.
_NAMED = """
SELECT id, name, digest, app, version, added_at, used_on, octet_length(text) AS size
FROM documents
WHERE regexp_replace(id, '^sha256:', '') IN (
    SELECT regexp_replace(id, '^sha256:', '') FROM documents
    WHERE regexp_replace(id, '^sha256:', '') = ANY($1::text[]) OR name = ANY($2::text[])
)
ORDER BY id
"""
_REMOVE = "DELETE FROM documents WHERE id = ANY($1::text[]) RETURNING id"
_TEXTS = "SELECT id, text FROM documents WHERE id = ANY($1::text[])"
# The newest day wins, whatever the clocks of the processes say.
_USED = """
UPDATE documents SET used_on = $2::date
WHERE id = ANY($1::text[]) AND (used_on IS NULL OR used_on < $2::date)
"""
_UNUSED = """
SELECT id FROM documents
WHERE coalesce(used_on, (added_at AT TIME ZONE 'UTC')::date) < $1::date AND ($2::text IS NULL OR app = $2::text)
ORDER BY id
"""
_PRUNE = """
DELETE FROM documents
WHERE id = ANY($1::text[]) AND coalesce(used_on, (added_at AT TIME ZONE 'UTC')::date) < $2::date
RETURNING id
"""
_COUNT_UP = "UPDATE documents_revision SET number = number + 1"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A registered document without its text; `digest` is the text's SHA-256 in hex, `size` its bytes.

    `used_on` is the last day (UTC) on which an API process ran it; None before the first.
    """

    id: str
    name: str | None
    digest: str
    app: str
    version: str
    added_at: datetime
    used_on: date | None
    size: int


def bare(document_id: str) -> str:
    """Return an id without `sha256:`; tools write hashes with and without it, and mean the same."""
    return document_id.removeprefix(_PREFIX)


async def revision(session: Session) -> int:
    """Return the number that every change counts up."""
    row = await session.fetchrow("documents_revision", _REVISION)
    return int(row["number"]) if row else 0


async def listing(session: Session) -> list[DocumentRow]:
    """Return all registered documents by id."""
    rows = await session.fetch("documents", _LISTING, MOST_DOCUMENTS)
    return [DocumentRow(**row) for row in rows]


async def named(session: Session, words: Sequence[str]) -> dict[str, list[DocumentRow]]:
    """Return what requests get by each word: the document of that id, else of that name, in all spellings of its id."""
    rows = await session.fetch("documents_named", _NAMED, [bare(word) for word in words], list(words))
    spelt: dict[str, list[DocumentRow]] = {}
    for row in rows:
        spelt.setdefault(bare(row["id"]), []).append(DocumentRow(**row))
    by_name = {row["name"]: bare(row["id"]) for row in rows if row["name"]}
    return {word: spelt.get(bare(word)) or spelt.get(by_name.get(word, ""), []) for word in words}


async def texts(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return texts by id; an id that is gone meanwhile is left out."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), _TEXTS_AT_ONCE):
        rows = await session.fetch("document_texts", _TEXTS, list(ids[start : start + _TEXTS_AT_ONCE]))
        found.update((row["id"], row["text"]) for row in rows)
    return found


async def everything(session: Session) -> tuple[list[DocumentRow], dict[str, str]]:
    """Return all registered documents, and their texts by id."""
    rows = await listing(session)
    return rows, await texts(session, [row.id for row in rows])


async def note_uses(session: Session, uses: Mapping[date, Sequence[str]]) -> None:
    """Record on which day (UTC) documents were used; it is no change that other processes need to hear of."""
    for day in sorted(uses):
        await session.fetch("document_uses", _USED, sorted(uses[day]), day)


async def unused(session: Session, since: date, app: str | None) -> list[str]:
    """Return the ids that were neither used nor added on or after a day, of one app or of all."""
    return [row["id"] for row in await session.fetch("documents_unused", _UNUSED, since, app)]


async def prune(session: Session, ids: Sequence[str], since: date) -> list[str]:
    """Delete those of the ids that are still unused since then; return them."""
    async with session.transaction() as transaction:
        await transaction.execute("documents_revision", _COUNT_UP)
        rows = await transaction.fetch("documents_prune", _PRUNE, list(ids), since)
    return sorted(row["id"] for row in rows)


async def remove(session: Session, ids: Sequence[str]) -> list[str]:
    """Delete documents by their ids as they are spelt; return those that were there."""
    async with session.transaction() as transaction:
        await transaction.execute("documents_revision", _COUNT_UP)
        rows = await transaction.fetch("documents_remove", _REMOVE, list(ids))
    return sorted(row["id"] for row in rows)
