"""What ran without being registered: summed over processes, bounded, and gone from the list once it is registered."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import add_documents, unregistered_documents
from storage.add_documents import NewDocument
from storage.database import Database
from storage.deadline import Deadline
from storage.session import Session
from storage.unregistered_documents import Asked

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def asked(number: int, times: int = 1, name: str | None = "Page") -> Asked:
    """Say that a document was asked."""
    return Asked(f"{number:064x}", name, 100, times)


async def counts(session: Session, since: datetime = LONG_AGO) -> dict[int, int]:
    """Return how often each was asked, in the order of the list."""
    return {int(row.digest, 16): row.asked for row in await unregistered_documents.listing(session, since)}


async def test_processes_add_up(database: Database) -> None:
    """Twenty at once, in any order: each counts, none fails, and the most asked stands first."""
    sessions = [Session(database, Deadline.after(30)) for _ in range(20)]
    async with asyncio.TaskGroup() as group:
        for place, own in enumerate(sessions):
            met = [asked(1, 2), asked(2, 1), asked(3, 5)]
            group.create_task(unregistered_documents.note(own, met if place % 2 else met[::-1]))
    assert await counts(sessions[0]) == {3: 100, 1: 40, 2: 20}
    assert list(await counts(sessions[0])) == [3, 1, 2]


async def test_what_is_registered_meanwhile_is_not_listed(session: Session) -> None:
    """Whatever its id: it is the text that trusted mode looks at."""
    await unregistered_documents.note(session, [asked(1), asked(2, name=None)])
    document = NewDocument("id", None, "query A { f }", f"{1:064x}", "web", "1")
    await add_documents.add(session, [document], replace=False)
    (row,) = await unregistered_documents.listing(session, LONG_AGO)
    assert (row.digest, row.operation, row.size, row.asked) == (f"{2:064x}", None, 100, 1)
    assert row.first_at == row.last_at
    assert await counts(session, datetime.now(UTC) + timedelta(hours=1)) == {}


async def test_a_flood_drives_out_itself(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that come once leave before one that comes again; names of any length are cut where they are shown."""
    monkeypatch.setattr(unregistered_documents, "MOST_ROWS", 5)
    await unregistered_documents.note(session, [asked(999, 2)])
    await unregistered_documents.note(session, [asked(number, name="N" * 5_000) for number in range(50)])
    found = await unregistered_documents.listing(session, LONG_AGO)
    assert len(found) == 5
    assert (int(found[0].digest, 16), found[0].asked) == (999, 2)
    assert len(found[1].operation or "") == 200


async def test_what_is_old_ends(session: Session) -> None:
    """A month after it was last asked."""
    await unregistered_documents.note(session, [asked(1), asked(2)])
    aged = "UPDATE unregistered_documents SET last_at = now() - interval '31 days' WHERE digest = $1::text"
    await session.fetch("test", aged, f"{1:064x}")
    await unregistered_documents.note(session, [asked(3)])
    assert set(await counts(session)) == {2, 3}
