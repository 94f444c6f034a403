"""Documents that ran though nobody registered them, as API processes tell: what trusted mode would refuse.

Clients choose what stands here, so it is bounded in rows: those go first that were last asked longest ago, by the day,
and among those of a day the seldom asked, so that a flood of documents that come once drives out only itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.session import Session

MOST_ROWS = 2_000
KEPT_DAYS = 30
LONGEST_NAME = 200

# In the order of their keys, so that two processes never wait for each other's rows.
_NOTE = """
INSERT INTO unregistered_documents AS kept (digest, operation, size, asked)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[]) AS met (digest, operation, size, asked)
ORDER BY digest
ON CONFLICT (digest) DO UPDATE
SET asked = kept.asked + excluded.asked, operation = excluded.operation, last_at = greatest(kept.last_at, now())
"""
_TRIM = """
DELETE FROM unregistered_documents
WHERE digest IN (
    SELECT digest FROM unregistered_documents
    WHERE last_at < now() - make_interval(days => $2::integer)
       OR digest IN (
           SELECT digest FROM unregistered_documents
           ORDER BY (last_at AT TIME ZONE 'UTC')::date DESC, asked DESC, digest
           OFFSET $1::integer
       )
    FOR UPDATE SKIP LOCKED
)
"""
_LISTING = """
SELECT digest, operation, size, asked, first_at, last_at
FROM unregistered_documents AS met
WHERE last_at >= $1::timestamptz AND NOT EXISTS (SELECT FROM documents WHERE documents.digest = met.digest)
ORDER BY asked DESC, digest
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A document by the SHA-256 of its text in hex: its operation's name, its bytes, and how often it was asked."""

    digest: str
    operation: str | None
    size: int
    asked: int


@dataclass(frozen=True, slots=True)
class UnregisteredRow:
    """What all processes told of a document; it was asked at least so often."""

    digest: str
    operation: str | None
    size: int
    asked: int
    first_at: datetime
    last_at: datetime


async def note(session: Session, met: Sequence[Asked]) -> None:
    """Add to what is known, and forget what is beyond the bounds."""
    columns = zip(*((one.digest, _short(one.operation), one.size, one.asked) for one in met), strict=True)
    await session.fetch("unregistered_note", _NOTE, *map(list, columns))
    await session.fetch("unregistered_trim", _TRIM, MOST_ROWS, KEPT_DAYS)


async def listing(session: Session, since: datetime) -> list[UnregisteredRow]:
    """Return what was asked since then and is not registered now, the most asked first."""
    return [UnregisteredRow(**row) for row in await session.fetch("unregistered", _LISTING, since)]


def _short(name: str | None) -> str | None:
    return name if name is None or len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
