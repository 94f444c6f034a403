"""`insitechart documents unregistered`: what trusted mode would refuse, before it is set."""

import asyncio
import json

import pytest

from ops.cli import exits
from ops.settings import Settings
from storage import unregistered_documents
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session
from storage.unregistered_documents import Asked
from tests.ops.cli.test_documents import asked


async def _note(url: str, *met: Asked) -> None:
    async with open_database(Settings.model_validate({"database_url": url})) as database:
        session = Session(database, Deadline.after(10))
        await unregistered_documents.note(session, met)
        aged = "UPDATE unregistered_documents SET last_at = now() - interval '8 days' WHERE operation = $1::text"
        await session.fetch("test", aged, "Old")


@pytest.fixture
def url(plain_database_url: str) -> str:
    """A database that was told of three, one of them long ago."""
    met = (Asked("a" * 64, "Page", 1_234, 5_678), Asked("b" * 64, None, 22, 9_999), Asked("c" * 64, "Old", 10, 1))
    asyncio.run(_note(plain_database_url, *met))
    return plain_database_url


def test_the_most_asked_stand_first(url: str) -> None:
    """One line for each, whole where a program reads it; how long back is for the operator to say."""
    result = asked(url, "unregistered")
    assert (result.exit_code, result.stderr) == (
        exits.DONE,
        "2 documents asked within 7 days would be refused in trusted mode\n",
    )
    _, first, second = result.stdout.splitlines()
    assert first.split()[:3] == ["b" * 64, "22", "9,999"]
    assert second.split()[:4] == ["a" * 64, "Page", "1,234", "5,678"]
    assert "Old" in asked(url, "unregistered", "--days", "30").stdout
    assert asked(url, "unregistered", "--days", "31").exit_code == exits.USAGE


def test_json_has_everything(url: str) -> None:
    """Names, counts and times as they are; none is null."""
    found = json.loads(asked(url, "unregistered", "--json").stdout)
    assert [(one["digest"][0], one["operation"], one["size"], one["asked"]) for one in found] == [
        ("b", None, 22, 9_999),
        ("a", "Page", 1_234, 5_678),
    ]
    assert all(one["first_at"] <= one["last_at"] for one in found)


def test_none_is_good_news(plain_database_url: str) -> None:
    """An empty list says so in words and in JSON."""
    result = asked(plain_database_url, "unregistered")
    assert (result.stdout, result.stderr.split()[0]) == ("", "0")
    assert json.loads(asked(plain_database_url, "unregistered", "--json").stdout) == []
