"""Registered documents in PostgreSQL: all of a call or none, twice as once, and a number that tells of every change."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from storage import add_documents, documents
from storage.add_documents import Conflicts, NewDocument, Registration
from storage.database import Database
from storage.deadline import Deadline
from storage.session import Session


def document(number: int, *, name: str | None = None, app: str = "web", text: str = "") -> NewDocument:
    """Make a document."""
    text = text or f"query Q{number} {{ f }}"
    return NewDocument(f"id-{number}", name, text, hashlib.sha256(text.encode()).hexdigest(), app, "1")


async def test_adding_twice_is_adding_once(session: Session) -> None:
    """The second time nothing changes, so no process has anything to read; what is stored is what was given."""
    given = [document(1, name="Q1"), document(2)]
    assert (await add_documents.add(session, given, replace=False)).changes == {"id-1": "added", "id-2": "added"}
    before = await documents.revision(session)
    assert (await add_documents.add(session, given, replace=False)).changes == {
        "id-1": "unchanged",
        "id-2": "unchanged",
    }
    assert await documents.revision(session) == before
    rows, texts = await documents.everything(session)
    assert [(row.id, row.name, row.app, row.used_on) for row in rows] == [
        ("id-1", "Q1", "web", None),
        ("id-2", None, "web", None),
    ]
    assert texts == {one.id: one.text for one in given}


async def test_an_id_keeps_its_text(session: Session) -> None:
    """Another text under a known id is refused with all that came beside it, unless it is meant."""
    await add_documents.add(session, [document(1)], replace=False)
    other = document(1, text="query Other { f }")
    with pytest.raises(Conflicts) as caught:
        await add_documents.add(session, [document(2), other], replace=False)
    assert [one.id for one in caught.value.conflicts] == ["id-1"]
    assert [row.id for row in await documents.listing(session)] == ["id-1"]
    assert (await add_documents.add(session, [other], replace=True)).changes == {"id-1": "replaced"}
    assert await documents.texts(session, ["id-1"]) == {"id-1": "query Other { f }"}


async def test_a_name_moves_within_its_app_only(session: Session) -> None:
    """A new version of an app takes its operation's name along; that of another app is refused, unless it is meant."""
    await add_documents.add(session, [document(1, name="Page")], replace=False)
    await add_documents.add(session, [document(2, name="Page")], replace=False)
    assert {row.id: row.name for row in await documents.listing(session)} == {"id-1": None, "id-2": "Page"}
    foreign = document(3, name="Page", app="ios")
    with pytest.raises(Conflicts) as caught:
        await add_documents.add(session, [foreign], replace=False)
    assert "belongs to document 'id-2' of app 'web'" in caught.value.conflicts[0].what
    await add_documents.add(session, [foreign], replace=True)
    names = {row.id: row.name for row in await documents.listing(session)}
    assert names == {"id-1": None, "id-2": None, "id-3": "Page"}


async def test_a_manifest_takes_no_name_away(session: Session) -> None:
    """The same document without a name, as manifests have it, keeps the name that it was given."""
    await add_documents.add(session, [document(1, name="Page")], replace=False)
    assert (await add_documents.add(session, [document(1)], replace=False)).changes == {"id-1": "unchanged"}
    await add_documents.add(session, [document(1, app="ios")], replace=False)
    assert [(row.name, row.app) for row in await documents.listing(session)] == [("Page", "ios")]


async def test_an_app_that_is_not_given_stays(session: Session) -> None:
    """Neither the app nor its version is cleared; another app's adding takes the document over, and says from whom."""
    await add_documents.add(session, [document(1)], replace=False)
    silent = replace(document(1), app=None, version=None)
    again = await add_documents.add(session, [silent, replace(document(2), app=None, version=None)], replace=False)
    assert again == Registration({"id-1": "unchanged", "id-2": "added"}, {"id-1": "web"}, {})
    assert [(row.app, row.version) for row in await documents.listing(session)] == [("web", "1"), ("", "")]
    newer = await add_documents.add(session, [replace(silent, version="2")], replace=False)
    assert (newer.changes, newer.kept) == ({"id-1": "updated"}, {"id-1": "web"})
    moved = await add_documents.add(session, [replace(silent, app="ios")], replace=False)
    assert moved == Registration({"id-1": "updated"}, {}, {"id-1": "web"})
    assert [(row.app, row.version) for row in await documents.listing(session)] == [("ios", ""), ("", "")]


async def test_a_document_without_app_takes_no_name_from_one(session: Session) -> None:
    """Its app is not given, so it has none, and a name of another app's is in its way as any other's is."""
    await add_documents.add(session, [document(1, name="Page")], replace=False)
    with pytest.raises(Conflicts) as caught:
        await add_documents.add(session, [replace(document(2, name="Page"), app=None)], replace=False)
    (conflict,) = caught.value.conflicts
    assert "belongs to document 'id-1' of app 'web'" in conflict.what
    assert "--app web" in conflict.right


async def test_a_dry_run_writes_nothing(session: Session) -> None:
    """It says what would become of each, and the number stays."""
    before = await documents.revision(session)
    assert (await add_documents.add(session, [document(1)], replace=False, dry_run=True)).changes == {"id-1": "added"}
    assert await documents.listing(session) == []
    assert await documents.revision(session) == before


async def test_no_more_than_a_process_can_hold(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound nothing is added, and the reason says what to do."""
    monkeypatch.setattr(add_documents, "MOST_DOCUMENTS", 1)
    with pytest.raises(Conflicts) as caught:
        await add_documents.add(session, [document(1), document(2)], replace=False)
    assert "prune" in caught.value.conflicts[0].right
    assert await documents.listing(session) == []


async def test_writers_come_one_after_another(database: Database) -> None:
    """Twenty at once, all about the same names: none fails, and each change is in the number."""

    def own() -> Session:
        return Session(database, Deadline.after(30))

    before = await documents.revision(own())
    async with asyncio.TaskGroup() as group:
        for number in range(20):
            given = [document(number, name="Page"), document(100, name="Shared")]
            group.create_task(add_documents.add(own(), given, replace=False))
    rows = await documents.listing(own())
    assert len(rows) == 21
    assert [row.name for row in rows if row.name == "Page"] == ["Page"]
    assert await documents.revision(own()) == before + 20


async def test_uses_are_recorded_by_day(session: Session) -> None:
    """The newest day stays, whichever process tells last; an unknown id is nobody's failure."""
    await add_documents.add(session, [document(1)], replace=False)
    for day in (date(2026, 5, 2), date(2026, 5, 1)):
        await documents.note_uses(session, {day: ["id-1", "gone"]})
    (row,) = await documents.listing(session)
    assert row.used_on == date(2026, 5, 2)


async def test_the_unused_go(session: Session) -> None:
    """Unused is what was neither used nor added since a day; one used since it was listed stays."""
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=1)
    await add_documents.add(session, [document(1), document(2), document(3, app="ios")], replace=False)
    await documents.note_uses(session, {tomorrow: ["id-2"]})
    assert await documents.unused(session, today, None) == []
    assert await documents.unused(session, tomorrow, None) == ["id-1", "id-3"]
    assert await documents.unused(session, tomorrow, "ios") == ["id-3"]
    before = await documents.revision(session)
    assert await documents.prune(session, ["id-1", "id-2"], tomorrow) == ["id-1"]
    assert await documents.revision(session) == before + 1
    assert [row.id for row in await documents.listing(session)] == ["id-2", "id-3"]


async def test_a_replaced_text_was_never_used(session: Session) -> None:
    """Its day belongs to the text that is gone; a new version of the same text keeps it."""
    await add_documents.add(session, [document(1)], replace=False)
    await documents.note_uses(session, {date(2026, 5, 2): ["id-1"]})
    assert (await add_documents.add(session, [replace(document(1), version="2")], replace=False)).changes == {
        "id-1": "updated"
    }
    assert (await documents.listing(session))[0].used_on == date(2026, 5, 2)
    await add_documents.add(session, [document(1, text="query Other { f }")], replace=True)
    assert (await documents.listing(session))[0].used_on is None


async def test_removed_by_id_or_name(session: Session) -> None:
    """A word is an id, in either spelling and then both, else a name; the number moves, so processes hear of it."""
    twins = [document(1), replace(document(1), id="sha256:id-1", name="Twin")]
    await add_documents.add(session, [*twins, document(2, name="Page"), document(3)], replace=False)
    found = await documents.named(session, ["id-1", "sha256:id-1", "Twin", "Page", "nope", "sha256:id-3"])
    ids = {word: [row.id for row in rows] for word, rows in found.items()}
    both = ["id-1", "sha256:id-1"]
    assert ids == {
        "id-1": both,
        "sha256:id-1": both,
        "Twin": both,
        "Page": ["id-2"],
        "nope": [],
        "sha256:id-3": ["id-3"],
    }
    before = await documents.revision(session)
    assert await documents.remove(session, [*both, "gone"]) == both
    assert await documents.revision(session) == before + 1
    assert [row.id for row in await documents.listing(session)] == ["id-2", "id-3"]
