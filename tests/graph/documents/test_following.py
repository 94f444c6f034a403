"""Processes follow the database: they see what is registered and pruned, outlive its absence, tell their uses."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.documents import following as follows
from graph.documents.following import Follower, following
from graph.documents.registered import Registered, registered
from ops.settings import Settings
from storage import add_documents, documents
from storage.add_documents import NewDocument
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.session import Session
from tests.asgi_exchange import until
from tests.unix_relay import relayed


def document(number: int, text: str = "") -> NewDocument:
    """Make a document."""
    text = text or f"query Q{number} {{ f }}"
    return NewDocument(f"id-{number}", f"Q{number}", text, hashlib.sha256(text.encode()).hexdigest(), "", "")


@pytest.fixture
async def database(plain_database_url: str) -> AsyncIterator[Database]:
    """A database on plain PostgreSQL: nothing here depends on the edition."""
    async with open_database(Settings.model_validate({"database_url": plain_database_url})) as opened:
        yield opened


def session(database: Database) -> Session:
    """Open a session for one call."""
    return Session(database, Deadline.after(10))


async def test_two_processes_see_what_is_registered(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added, replaced and pruned: both know it without being asked, and keep what did not change."""
    monkeypatch.setattr(follows, "INTERVAL", 0.01)
    one, other = Registered(), Registered()
    async with following(database, one), following(database, other):
        assert (one.loaded, len(one)) == (True, 0)
        await add_documents.add(session(database), [document(1), document(2)], replace=False)
        await until(lambda: len(one) == len(other) == 2)
        await add_documents.add(session(database), [document(1, "query New { f }")], replace=True)
        await until(lambda: all(known.by_id("id-1").text == "query New { f }" for known in (one, other)))  # type: ignore[union-attr]
        tomorrow = datetime.now(UTC).date().replace(year=9999)
        await documents.prune(session(database), ["id-1"], tomorrow)
        await until(lambda: len(one) == len(other) == 1)
        assert one.by_name("Q2") is not None
        assert one.by_name("Q1") is None


async def test_what_did_not_change_is_not_made_again(database: Database) -> None:
    """Hashing 64 MiB of texts because of one of them would stop requests; a name may move without its text."""
    known = Registered()
    follower = Follower(database, known)
    await add_documents.add(session(database), [document(1), document(2)], replace=False)
    assert await follower.load()
    first, second = known.by_id("id-1"), known.by_id("id-2")
    assert second is not None
    renamed = NewDocument("id-2", "Other", second.text, second.digest.hex(), "", "")
    await add_documents.add(session(database), [renamed, document(3)], replace=False)
    assert await follower.load()
    assert known.by_id("id-1") is first
    assert (known.by_name("Q2"), known.by_name("Other")) == (None, known.by_id("id-2"))


async def test_what_is_new_is_prepared(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once each, what was used lately first; what was known before is not prepared again."""
    monkeypatch.setattr(follows, "INTERVAL", 0.01)
    await add_documents.add(session(database), [document(1), document(2)], replace=False)
    await documents.note_uses(session(database), {datetime.now(UTC).date(): ["id-2"]})
    prepared: list[str] = []
    async with following(database, Registered(), lambda one: prepared.append(one.id)):
        await until(lambda: len(prepared) == 2)
        await add_documents.add(session(database), [document(3)], replace=False)
        await until(lambda: len(prepared) == 3)
    assert prepared == ["id-2", "id-1", "id-3"]


async def test_nothing_is_read_while_nothing_changes(database: Database) -> None:
    """A look is one number; texts that are known are not read again."""
    await add_documents.add(session(database), [document(1), document(2)], replace=False)
    known = Registered()
    follower = Follower(database, known)
    assert await follower.load() is True
    assert await follower.load() is False
    await add_documents.add(session(database), [document(3)], replace=False)
    before = known.by_id("id-1")
    assert await follower.load() is True
    assert before is not None
    found = known.by_id("id-1")
    assert found is not None
    assert found.text is before.text


async def test_what_ships_stays(database: Database) -> None:
    """A load replaces what was registered, never what the program brings, and nobody can take its place."""
    known = Registered([registered("Ours", "Ours", "query Ours { f }", builtin=True)])
    theirs = "query Theirs { f }"
    taken = NewDocument("Ours", "Ours", theirs, hashlib.sha256(theirs.encode()).hexdigest(), "", "")
    await add_documents.add(session(database), [taken], replace=False)
    await Follower(database, known).load()
    found = known.by_id("Ours")
    assert found is not None
    assert found.builtin


async def test_uses_are_told_once_a_day(database: Database) -> None:
    """Each document once for a process and day; a use that could not be told is told later."""
    await add_documents.add(session(database), [document(1), document(2)], replace=False)
    known = Registered()
    follower = Follower(database, known)
    await follower.load()
    for _ in range(3):
        known.note(registered("id-1", None, "query Q1 { f }"))
    await follower.record()
    today = datetime.now(UTC).date()
    assert {row.id: row.used_on for row in await documents.listing(session(database))} == {"id-1": today, "id-2": None}
    known.note(registered("id-1", None, "query Q1 { f }"))
    await follower.record()
    assert known.uses == set()


async def test_uses_are_told_at_the_end(database: Database) -> None:
    """A process that stops tells what it has not told yet."""
    await add_documents.add(session(database), [document(1)], replace=False)
    known = Registered()
    async with following(database, known):
        known.note(registered("id-1", None, "query Q1 { f }"))
    (row,) = await documents.listing(session(database))
    assert row.used_on == datetime.now(UTC).date()


async def test_a_database_that_goes_and_comes(
    plain_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known stays known while the database is away, and what came meanwhile is seen afterwards."""
    monkeypatch.setattr(follows, "INTERVAL", 0.02)
    known = Registered()
    async with AsyncExitStack() as opened:
        url, relay = await opened.enter_async_context(relayed(plain_database_url, tmp_path))
        near = await opened.enter_async_context(open_database(Settings.model_validate({"database_url": url})))
        direct = Settings.model_validate({"database_url": plain_database_url})
        database = await opened.enter_async_context(open_database(direct))
        await add_documents.add(session(database), [document(1)], replace=False)
        await opened.enter_async_context(following(near, known))
        assert len(known) == 1
        await relay.cut()
        await add_documents.add(session(database), [document(2)], replace=False)
        await asyncio.sleep(0.2)
        assert len(known) == 1
        await relay.mend()
        await until(lambda: len(known) == 2)
