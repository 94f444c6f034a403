"""`insitechart documents add` and files that nobody should have made: told in words, and never in a stack trace."""

import json
import os
import threading
from pathlib import Path

import pytest

from ops.cli import exits
from ops.cli.document_files import read_documents
from ops.cli.document_manifests import Entry, Fault, read_manifest
from storage.documents import LONGEST_APP, LONGEST_NAME, MOST_DOCUMENTS
from tests.ops.cli.test_documents import FRESH, MD5, PAGE, apollo, asked, listed, sha256, write

NAMED = [{"name": name, "type": "query", "body": f"query {name} {{ freshness {{ feed }} }}"} for name in ("ab", "ba")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", {MD5: f"{FRESH}# \0"}, f"U+0000, at {len(FRESH) + 2}"),
        ("a.graphql", f"{FRESH}# \0", "U+0000"),
        ("a.graphql", FRESH.replace("Fresh", "F" * (LONGEST_NAME + 1)), "its name has 201 characters; at most 200"),
        ("a.json", apollo(*(entry | {"id": entry["name"][::-1]} for entry in NAMED)), "its name 'ab' is the id of"),
        ("a.json", {"abc": FRESH, "sha256:abc": PAGE}, "its id stands for another text"),
    ],
)
def test_what_the_table_would_refuse_is_told_before(
    plain_database_url: str, tmp_path: Path, name: str, content: object, told: str
) -> None:
    """A fault with its file, as everything else that is wrong."""
    result = asked(plain_database_url, "add", "--names", write(tmp_path, name, content))
    assert result.exit_code == exits.FAILED
    assert told in result.stderr
    assert "nothing was registered" in result.stderr


def test_an_app_and_a_version_are_short_and_printable(plain_database_url: str, tmp_path: Path) -> None:
    """Wrong usage, whichever option it is."""
    file = write(tmp_path, "a.json", {MD5: FRESH})
    for option in ("--app", "--version"):
        for text in ("x" * (LONGEST_APP + 1), "\x1b[31mred"):
            result = asked(plain_database_url, "add", file, option, text)
            assert result.exit_code == exits.USAGE
            assert "at most 100 printable characters" in result.stderr


def test_no_control_character_reaches_the_terminal(plain_database_url: str, tmp_path: Path) -> None:
    """Neither from a manifest's words nor from a file's name; each fault stays on its line."""
    entry = {"id": "a", "name": "\x1b]0;title\x07\nother", "type": "query", "body": FRESH}
    manifest = write(tmp_path, "\x1b[31ma.json", apollo(entry))
    result = asked(plain_database_url, "add", manifest)
    assert result.exit_code == exits.FAILED
    assert "\\x1b]0;title\\x07\\nother" in result.stderr
    assert all(each.isprintable() or each == "\n" for each in result.stderr)
    assert len(result.stderr.splitlines()) == 2


def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    """A pipe would wait for its writer and a device never ends; a link that leads nowhere is told, in a folder too."""
    os.mkfifo(tmp_path / "pipe.graphql")
    (tmp_path / "device.graphql").symlink_to("/dev/zero")
    (tmp_path / "nowhere.graphql").symlink_to(tmp_path / "gone")
    found: list[tuple[list[Entry], list[Fault]]] = []
    reading = threading.Thread(target=lambda: found.append(read_documents([tmp_path])), daemon=True)
    reading.start()
    reading.join(30)
    assert len(found) == 1, "the reading did not end"
    entries, faults = found[0]
    assert entries == []
    assert [Path(fault.where).name for fault in faults] == ["device.graphql", "nowhere.graphql", "pipe.graphql"]


def test_repeated_ids_are_found_in_one_walk() -> None:
    """Among very many; comparing each with every other would take hours."""
    pairs = [*(f'"{number}": 1' for number in range(300_000)), '"7": 1']
    repeated = next(read_manifest("a.json", f"{{{','.join(pairs)}}}"))
    assert 'a.json: "7": the id stands there more than once' in str(repeated)


def test_more_than_may_be_registered_is_not_examined(tmp_path: Path) -> None:
    """Examining takes milliseconds for each; their number is told at once."""
    many = {str(number): FRESH for number in range(MOST_DOCUMENTS + 1)}
    entries, faults = read_documents([write(tmp_path, "a.json", many)])
    assert (entries, [str(fault) for fault in faults]) == (
        [],
        ["all documents: 10,001 documents are in the files; at most 10,000 may be registered"],
    )


def test_an_id_in_its_other_spelling_keeps_its_text(plain_database_url: str, tmp_path: Path) -> None:
    """`sha256:abc` and `abc` are one id: the same text is fine, another is in the way."""
    asked(plain_database_url, "add", write(tmp_path, "one.json", {"abc": FRESH}))
    assert asked(plain_database_url, "add", write(tmp_path, "two.json", {"sha256:abc": FRESH})).exit_code == 0
    result = asked(plain_database_url, "add", write(tmp_path, "three.json", {"sha256:abc": PAGE}))
    assert "another text is registered under this id" in result.stderr
    assert "another text is registered under 'abc', which means the same; --replace" in result.stderr
    assert json.dumps(sorted(listed(plain_database_url))) == '["abc", "sha256:abc"]'


def test_no_id_hides_a_name(plain_database_url: str, tmp_path: Path) -> None:
    """Ids are found before names, so an id would take the address of another document, whatever its app."""
    own = write(tmp_path, "Fresh.graphql", FRESH)
    asked(plain_database_url, "add", own, "--app", "web")
    other = write(tmp_path, "other.json", {"Fresh": PAGE})
    result = asked(plain_database_url, "add", other, "--app", "ios")
    assert f"its id is the name of document '{sha256(FRESH)}'; --replace" in result.stderr
    assert asked(plain_database_url, "add", other, "--app", "ios", "--replace").exit_code == 0
    assert asked(plain_database_url, "add", own, "--app", "web").stderr == "1 unchanged\n"


def test_no_name_is_hidden_by_an_id(plain_database_url: str, tmp_path: Path) -> None:
    """A name that an id has already would be no address."""
    asked(plain_database_url, "add", write(tmp_path, "other.json", {"Fresh": PAGE}))
    result = asked(plain_database_url, "add", write(tmp_path, "Fresh.graphql", FRESH))
    assert "its name 'Fresh' is the id of another document; --replace" in result.stderr
