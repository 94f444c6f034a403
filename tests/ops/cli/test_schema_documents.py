"""`insitechart schema check` fails for a schema that breaks a document, and names it."""

import asyncio
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import exits, main
from ops.cli import schema as command
from ops.cli.schema_documents import COMMITTED_DOCUMENTS, broken_documents
from ops.settings import Settings
from storage import add_documents
from storage.add_documents import NewDocument
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session

OLD = "type Query {\n  stock: String\n  price: Int\n}\n"
NEW = "type Query {\n  stock: String\n}\n"
GONE = "Cannot query field 'price' on type 'Query'."


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand a schema without its price in for the application's, which is committed; yield a folder for documents."""
    monkeypatch.setattr(command, "_current", lambda: NEW)
    monkeypatch.setattr(command, "COMMITTED_DOCUMENTS", ())
    (tmp_path / "schema.graphql").write_text(NEW)
    return tmp_path


def check(folder: Path, *arguments: str) -> Result:
    """Run the check against the committed file."""
    return CliRunner().invoke(main, ["schema", "check", "--file", str(folder / "schema.graphql"), *arguments])


def test_committed_documents_can_run() -> None:
    """What lies in clients/ is found, and fits the schema of this code."""
    sdl = command._current()
    assert broken_documents(sdl, COMMITTED_DOCUMENTS) == []
    without = sdl.replace("  stocksBySymbol(", "  elsewhere(").replace("  trending(", "  gone(")
    assert {one.name for one in broken_documents(without, COMMITTED_DOCUMENTS)} >= {"Trending"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Price.graphql", "query Price { price }", "Price"),
        ("relay.json", json.dumps({"0cc175b9c0f1b6a831c399e269772661": "query RelayPrice { price }"}), "RelayPrice"),
        (
            "apollo.json",
            json.dumps(
                {
                    "format": "apollo-persisted-query-manifest",
                    "version": 1,
                    "operations": [{"id": "x", "name": "ApolloPrice", "type": "query", "body": "query A { price }"}],
                }
            ),
            "ApolloPrice",
        ),
    ],
)
def test_a_file_that_breaks_is_named(checked: Path, name: str, text: str, told: str) -> None:
    """A document or a manifest's entry, whether its file or its folder is given; without it the check passes."""
    assert check(checked).exit_code == exits.DONE
    folder = checked / "documents"
    folder.mkdir()
    (folder / name).write_text(text)
    for given in (folder, folder / name):
        result = check(checked, "--documents", str(given))
        assert result.exit_code == exits.FAILED
        assert told in result.output
        assert GONE in result.output
        assert name in result.output
    report = json.loads(check(checked, "--documents", str(folder), "--json").stdout)
    assert [one["name"] for one in report["documents"]] == [told]


def test_a_registered_document_that_breaks_is_named(checked: Path, plain_database_url: str) -> None:
    """Where a database is named, what is registered in it counts too, and no word in the changelog helps."""
    assert check(checked, "--database-url", plain_database_url).exit_code == exits.DONE

    async def register() -> None:
        async with open_database(Settings.model_validate({"database_url": plain_database_url})) as database:
            text = "query Price { price }"
            document = NewDocument("md5", "Price", text, hashlib.sha256(text.encode()).hexdigest(), "ios", "1")
            await add_documents.add(Session(database, Deadline.after(10)), [document], replace=False)

    asyncio.run(register())
    (checked / "CHANGELOG.md").write_text("## [Unreleased]\n- **Breaking schema change** `Query.price`: gone.\n")
    changelog = ("--changelog", str(checked / "CHANGELOG.md"))
    result = check(checked, "--database-url", plain_database_url, *changelog)
    assert result.exit_code == exits.FAILED
    assert f"document Price (registered as md5): {GONE} (line 1)" in result.output


def test_what_cannot_be_read_fails(checked: Path) -> None:
    """A manifest that is broken protects nobody, so it is no success."""
    (checked / "manifest.json").write_text("{")
    result = check(checked, "--documents", str(checked / "manifest.json"))
    assert result.exit_code == exits.FAILED
    assert "not JSON" in result.output
