"""`insitechart documents`: what is taken, what is refused with which words, what is shown, and what goes."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import exits, main
from ops.settings import Settings
from storage import documents
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session

PAGE = "query Page($symbol: String!, $first: Int! = 5)"
PAGE += " { stock(symbol: $symbol) { mentions(first: $first) { nodes { id } } } }"
FRESH = "query Fresh { freshness { feed } }\n"
MD5 = "5d41402abc4b2a76b9719d911017c592"


def sha256(text: str) -> str:
    """Return a text's SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def asked(url: str, *arguments: str | Path) -> Result:
    """Run the command on a database."""
    return CliRunner().invoke(main, ["documents", *map(str, arguments), "--database-url", url])


def listed(url: str) -> dict[str, dict[str, object]]:
    """Return what is registered, by id."""
    return {one["id"]: one for one in json.loads(asked(url, "list", "--json").stdout)}


def write(folder: Path, name: str, content: object) -> Path:
    """Write a file: a text as it is, anything else as JSON."""
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def apollo(*operations: dict[str, str]) -> dict[str, object]:
    """Return Apollo's manifest."""
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": list(operations)}


def test_every_form_is_taken(plain_database_url: str, tmp_path: Path) -> None:
    """Apollo's manifest, a flat map with any ids, a file and a folder; ids stay as they are, adding twice is once."""
    entry = {"id": sha256(PAGE), "name": "Page", "type": "query", "body": PAGE}
    manifest = write(tmp_path, "apollo.json", apollo(entry))
    flat = write(tmp_path, "relay.json", {MD5: FRESH, f"sha256:{sha256('x')}": "query Two { freshness { feed } }"})
    folder = tmp_path / "documents" / "deep"
    folder.mkdir(parents=True)
    file = write(folder, "Own.graphql", "query Own { freshness { feed } }")
    added = asked(plain_database_url, "add", manifest, flat, tmp_path / "documents", "--app", "web", "--version", "7")
    assert (added.exit_code, added.stderr) == (exits.DONE, "4 added\n")
    found = listed(plain_database_url)
    assert {one: found[one]["name"] for one in found} == {
        sha256(PAGE): None,
        MD5: None,
        f"sha256:{sha256('x')}": None,
        sha256(file.read_text()): "Own",
    }
    page = found[sha256(PAGE)]
    assert (page["operation"], page["app"], page["version"], page["used_on"]) == ("Page", "web", "7", None)
    assert (page["least_cost"], page["cost"]) == (3, 7)
    again = asked(plain_database_url, "add", manifest, flat, tmp_path / "documents", "--app", "web", "--version", "7")
    assert again.stderr == "4 unchanged\n"
    lines = asked(plain_database_url, "list").stdout.splitlines()
    assert len(lines) == 5, "a program that reads lines finds one for each, beside the heading"
    (line,) = (line for line in lines if line.startswith(sha256(PAGE)))
    assert "3 to 7" in line
    assert "never" in line


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.graphql", "query A { nope }", ("a.graphql", "VALIDATION_FAILED", "'nope'", "line 1, column 11")),
        ("a.graphql", "query A {", ("PARSE_FAILED",)),
        ("a.graphql", "", ("the file is empty",)),
        ("a.graphql", "{ freshness { feed } }", ("has no name",)),
        ("a.graphql", f"{PAGE} {FRESH}", ("2 ('Page', 'Fresh')", "document of its own")),
        ("a.graphql", "query A { __schema { types { name } } }", ("INTROSPECTION_DISABLED",)),
        ("a.graphql", "query StockDetails { freshness { feed } }", ("ships with the server",)),
        (
            "a.graphql",
            "query A { stocks(first: 100) { nodes { mentions(first: 100) { nodes { id } } } } }",
            ("TOO_COSTLY", "10,201"),
        ),
        ("a.txt", "query A { __typename }", ("'.txt' is not an ending", ".graphql, .gql")),
        ("a.json", "[]", ("a JSON object is expected, not an array",)),
        ("a.json", "{", ("not JSON",)),
        ("a.json", {}, ("empty",)),
        ("a.json", {"x": 1}, ('"x"', "its text is a number")),
        ("a.json", {"": "query A { __typename }"}, ("cannot be an id",)),
        ("a.json", {"x": "query A { nope }"}, ('a.json: "x"', "VALIDATION_FAILED")),
        ("a.json", '{"x": "query A { __typename }", "x": "query B { __typename }"}', ("more than once",)),
        ("a.json", {"format": "other", "version": 1, "operations": []}, ('"other"', "apollo-persisted-query-manifest")),
        ("a.json", {"format": "apollo-persisted-query-manifest", "version": 2}, ("version", "2")),
        ("a.json", apollo(), ('no "operations"',)),
        ("a.json", apollo({"id": "x", "name": "A", "type": "query"}), ("operation 0", '"body" is missing')),
        (
            "a.json",
            apollo({"id": "x", "name": "Other", "type": "query", "body": FRESH}),
            ("operation 0 'Other'", "'Fresh'"),
        ),
        ("a.json", apollo({"id": "x", "name": "Fresh", "type": "mutation", "body": FRESH}), ("it is a query",)),
    ],
)
def test_what_is_wrong_is_told(
    plain_database_url: str, tmp_path: Path, name: str, content: object, told: tuple[str, ...]
) -> None:
    """The file, the entry, the rule, and what would be right; nothing is registered, not even what is right."""
    good = write(tmp_path, "good.json", {MD5: FRESH})
    result = asked(plain_database_url, "add", good, write(tmp_path, name, content))
    assert result.exit_code == exits.FAILED
    for word in (*told, "nothing was registered"):
        assert word in result.stderr
    assert listed(plain_database_url) == {}


def test_all_faults_are_told_at_once(plain_database_url: str, tmp_path: Path) -> None:
    """One run shows everything there is to correct."""
    bad = write(tmp_path, "bad.json", {"one": "query A { nope }", "two": "query {", "three": FRESH, "four": 4})
    result = asked(plain_database_url, "add", bad)
    for word in ('"one"', '"two"', '"four"', "3 faults"):
        assert word in result.stderr
    assert '"three"' not in result.stderr


def test_conflicts_name_their_place(plain_database_url: str, tmp_path: Path) -> None:
    """An id with another text is refused with its file and entry, and taken with --replace."""
    asked(plain_database_url, "add", write(tmp_path, "one.json", {MD5: FRESH}))
    other = write(tmp_path, "two.json", {MD5: PAGE})
    result = asked(plain_database_url, "add", other)
    assert result.exit_code == exits.FAILED
    assert f'two.json: "{MD5}": another text is registered under this id; --replace' in result.stderr
    assert asked(plain_database_url, "add", other, "--replace").stderr == "1 replaced\n"
    both = asked(plain_database_url, "add", other, write(tmp_path, "three.json", {MD5: FRESH}), "--replace")
    assert "stands for another text in" in both.stderr


def test_whose_a_document_is_stays_and_is_told(plain_database_url: str, tmp_path: Path) -> None:
    """Adding again without --app changes no owner; an app that adds what another has is told of it."""
    file = write(tmp_path, "one.json", {MD5: FRESH, "page": PAGE})
    asked(plain_database_url, "add", file, "--app", "web", "--version", "7")
    again = asked(plain_database_url, "add", file)
    assert again.stderr.splitlines() == ["2 unchanged", "2 stay with app 'web', for no --app is given"]
    assert {(one["app"], one["version"]) for one in listed(plain_database_url).values()} == {("web", "7")}
    only = write(tmp_path, "two.json", {MD5: FRESH})
    taken = asked(plain_database_url, "add", only, "--app", "ios")
    assert taken.stderr.splitlines() == ["1 updated", "1 was of app 'web', and is now listed under app 'ios'"]
    freed = asked(plain_database_url, "add", only, "--app", "")
    assert freed.stderr.splitlines() == ["1 updated", "1 was of app 'ios', and is now listed under no app"]
    assert listed(plain_database_url)[MD5]["app"] == ""


def test_a_dry_run_checks_everything(plain_database_url: str, tmp_path: Path) -> None:
    """It says what would be, and registers nothing."""
    file = write(tmp_path, "one.json", {MD5: FRESH})
    result = asked(plain_database_url, "add", file, "--dry-run")
    assert result.stdout == f"added      {MD5}\n"
    assert "nothing was written" in result.stderr
    assert listed(plain_database_url) == {}


async def _write_rows(url: str, text: str) -> None:
    """Change a document's text behind the command's back, as an older program's would be."""
    async with open_database(Settings.model_validate({"database_url": url})) as database:
        session = Session(database, Deadline.after(10))
        await session.fetch("test", "UPDATE documents SET text = $1::text", text)
        await documents.note_uses(session, {datetime.now(UTC).date(): [MD5]})


def test_check_finds_what_broke(plain_database_url: str, tmp_path: Path) -> None:
    """A document that fits no more fails the check by name and reason, and is listed as refused."""
    asked(plain_database_url, "add", write(tmp_path, "one.json", {MD5: FRESH}), "--names", "--app", "ios")
    good = asked(plain_database_url, "check")
    assert (good.exit_code, good.stderr) == (exits.DONE, "1 document, all of which can run\n")
    asyncio.run(_write_rows(plain_database_url, "query Fresh { gone }"))
    result = asked(plain_database_url, "check")
    assert result.exit_code == exits.FAILED
    assert f"{MD5} (Fresh) of app 'ios': VALIDATION_FAILED: Cannot query field 'gone'" in result.stdout
    assert listed(plain_database_url)[MD5]["run_by"] == "refused"


def test_prune_asks_and_keeps_what_is_used(plain_database_url: str, tmp_path: Path) -> None:
    """Nobody there to ask: nothing goes without --yes; what was used or added lately stays."""
    asked(plain_database_url, "add", write(tmp_path, "one.json", {MD5: FRESH, "old": PAGE}))
    assert asked(plain_database_url, "prune", "--yes").stderr == "0 documents unused since " + _days_ago(90) + "\n"
    asyncio.run(_age(plain_database_url))
    silent = asked(plain_database_url, "prune", "--unused", "30")
    assert (silent.exit_code, silent.stdout) == (exits.USAGE, "old\n")
    assert asked(plain_database_url, "prune", "--unused", "30", "--dry-run").stdout == "old\n"
    gone = asked(plain_database_url, "prune", "--unused", "30", "--yes")
    assert (gone.stdout, gone.stderr) == ("old\n", "1 document forgotten\n")
    assert list(listed(plain_database_url)) == [MD5]


def _days_ago(days: int) -> str:
    return str((datetime.now(UTC) - timedelta(days=days)).date())


async def _age(url: str) -> None:
    async with open_database(Settings.model_validate({"database_url": url})) as database:
        session = Session(database, Deadline.after(10))
        await session.fetch("test", "UPDATE documents SET added_at = now() - interval '60 days'")
        await documents.note_uses(session, {datetime.now(UTC).date(): [MD5]})
