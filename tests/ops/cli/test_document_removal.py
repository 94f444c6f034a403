"""`insitechart documents remove`: by id or name, all or none, never without being asked, and servers follow."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import document_removal, exits, main
from tests.graph.rest.serving import served
from tests.ops.cli.test_documents import FRESH, MD5, asked, listed, sha256, write


@pytest.fixture
def file(plain_database_url: str, tmp_path: Path) -> Path:
    """A registered document of its own file, beside one of a manifest."""
    file = write(tmp_path, "Fresh.graphql", FRESH)
    asked(plain_database_url, "add", file, "--app", "web")
    asked(plain_database_url, "add", write(tmp_path, "one.json", {MD5: "query One { freshness { feed } }"}))
    return file


def typed(url: str, answer: str) -> Result:
    """Remove by name, and answer what is asked."""
    return CliRunner().invoke(main, ["documents", "remove", "Fresh", "--database-url", url], input=answer)


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("word", [sha256(FRESH), f"sha256:{sha256(FRESH)}", "Fresh"])
def test_an_id_in_any_spelling_or_a_name(plain_database_url: str, word: str) -> None:
    """What goes is shown with whose it is and its last use; the others stay."""
    tried = asked(plain_database_url, "remove", word, "--dry-run")
    line = f"{sha256(FRESH)}  Fresh  of app 'web'  never used\n"
    assert (tried.exit_code, tried.stdout, tried.stderr) == (exits.DONE, line, "1 document would be forgotten\n")
    gone = asked(plain_database_url, "remove", word, word, "--yes")
    assert (gone.exit_code, gone.stdout, gone.stderr) == (exits.DONE, line, "1 document forgotten\n")
    assert list(listed(plain_database_url)) == [MD5]


@pytest.mark.usefixtures("file")
def test_one_that_is_unknown_stops_all(plain_database_url: str) -> None:
    """Each is named with what may have been meant; what ships stays; bytes that are no text are no failure of ours."""
    wrong = ["Frsh", "StockDetails", "\udcff", "x" * 5_000, "5d41402a"]
    result = asked(plain_database_url, "remove", MD5, *wrong, "--yes")
    assert result.exit_code == exits.FAILED
    lines = result.stderr.splitlines()
    assert lines[0] == "no document is registered as 'Frsh'; did you mean 'Fresh'?"
    assert lines[1] == "'StockDetails' ships with the server and stays"
    assert lines[2] == "no document is registered as '\\udcff'; 'insitechart documents list' shows what is"
    assert len(lines[3]) < 400
    assert "nothing was forgotten: 5 of 6 not registered" in result.stderr
    assert len(listed(plain_database_url)) == 2


@pytest.mark.usefixtures("file")
def test_somebody_is_asked(plain_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --yes a person says so, and where there is none nothing goes."""
    silent = typed(plain_database_url, "y")
    assert (silent.exit_code, "use --yes" in silent.stderr) == (exits.USAGE, True)
    monkeypatch.setattr(document_removal, "at_terminal", lambda: True)
    assert typed(plain_database_url, "n").exit_code == exits.FAILED
    assert len(listed(plain_database_url)) == 2
    assert typed(plain_database_url, "y").exit_code == exits.DONE
    assert list(listed(plain_database_url)) == [MD5]


async def test_servers_follow(plain_database_url: str, tmp_path: Path) -> None:
    """In trusted mode the document is refused by id, by text and at its address from the server's next look on."""
    file = write(tmp_path, "Fresh.graphql", FRESH)
    async with served(plain_database_url, documents="trusted") as api:

        async def statuses() -> list[int]:
            answers = [
                await api.client.send("POST", "/graphql", json={"documentId": sha256(FRESH)}),
                await api.client.send("POST", "/graphql", json={"query": FRESH}),
                await api.client.send("GET", "/documents/Fresh"),
            ]
            return [answer.status_code for answer in answers]

        for arguments, expected in ((["add", file], 200), (["remove", "Fresh", "--yes"], None)):
            result = await asyncio.to_thread(asked, plain_database_url, *arguments)
            assert result.exit_code == exits.DONE, result.output
            await api.follower.load()
            assert await statuses() == ([expected] * 3 if expected else [404, 403, 404])
