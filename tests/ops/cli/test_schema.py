"""`insitechart schema`: what it writes, prints and returns to scripts."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import schema as command
from ops.cli import schema_source

OLD = "type Query {\n  a: Int\n  b: [Int!]\n}\n"
SAFE = "type Query {\n  a: Int\n  b: [Int!]\n  c: Int\n}\n"
DANGEROUS = "type Query {\n  a(x: Int): Int\n  b: [Int!]\n}\n"
BREAKING = "type Query {\n  a: Int\n  b: [Int]\n}\n"


@pytest.fixture
def current(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Stand a schema of the test's own in for the application's."""
    held = {"sdl": OLD}
    monkeypatch.setattr(command, "_current", lambda: held["sdl"])
    monkeypatch.setattr(command, "COMMITTED_DOCUMENTS", ())  # they fit the application's
    return held


def run(*arguments: str | Path) -> Result:
    """Run one sub-command as a user would."""
    return CliRunner().invoke(command.schema, [str(argument) for argument in arguments])


def test_export_writes_prints_and_leaves_alone(current: dict[str, str], tmp_path: Path) -> None:
    """The file is written once; an equal one is left as it is; - prints the SDL and nothing else."""
    file = tmp_path / "schema.graphql"
    assert "written, 4 lines" in run("export", "--output", file).output
    assert file.read_text() == OLD
    assert "unchanged" in run("export", "--output", file).output
    assert run("export", "--output", "-").output == OLD


def test_a_stale_file_fails_and_says_what_to_do(current: dict[str, str], tmp_path: Path) -> None:
    """The committed file must equal the code's schema to the letter, even where the change is safe."""
    file = tmp_path / "schema.graphql"
    absent = run("check", "--file", file)
    assert absent.exit_code == 1
    file.write_text(OLD)
    assert run("check", "--file", file).exit_code == 0
    for text in (SAFE, OLD + "\n", DANGEROUS, BREAKING):
        current["sdl"] = text
        stale = run("check", "--file", file)
        assert stale.exit_code == 1, text
        assert "run `insitechart schema export`" in stale.output


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [
        (OLD, "dangerous", 0),
        (SAFE, "dangerous", 0),
        (DANGEROUS, "breaking", 0),
        (DANGEROUS, "dangerous", 1),
        (BREAKING, "breaking", 1),
        (BREAKING, "dangerous", 1),
    ],
)
def test_the_exit_code_follows_the_worst_change(
    current: dict[str, str], tmp_path: Path, text: str, fail_on: str, code: int
) -> None:
    """Against another schema safe changes pass, breaking ones fail, dangerous ones fail where asked."""
    (tmp_path / "old.graphql").write_text(OLD)
    current["sdl"] = text
    assert run("check", "--against", tmp_path / "old.graphql", "--fail-on", fail_on).exit_code == code


def test_list_types_survive_the_table(current: dict[str, str], tmp_path: Path) -> None:
    """Brackets of list types are text, not markup."""
    (tmp_path / "old.graphql").write_text(OLD)
    current["sdl"] = BREAKING
    output = " ".join(run("check", "--against", tmp_path / "old.graphql").output.split())
    assert "[Int!]" in output
    assert "1 breaking, 0 dangerous, 0 safe" in output


def test_json_is_for_scripts(current: dict[str, str], tmp_path: Path) -> None:
    """One object with counts and every change; the exit code is the same."""
    (tmp_path / "old.graphql").write_text(OLD)
    current["sdl"] = BREAKING
    result = run("check", "--against", tmp_path / "old.graphql", "--json")
    report = json.loads(result.output)
    assert (result.exit_code, report["failing"], report["counts"]["breaking"]) == (1, True, 1)
    assert report["changes"][0] == {
        "severity": "breaking",
        "kind": "FIELD_CHANGED_KIND",
        "element": "Query.b",
        "message": "Field Query.b changed type from [Int!] to [Int].",
        "accepted": False,
    }


def test_the_changelog_accepts_a_named_change(current: dict[str, str], tmp_path: Path) -> None:
    """A breaking change passes only where the unreleased part names it; an old release's word does not count."""
    (tmp_path / "old.graphql").write_text(OLD)
    current["sdl"] = BREAKING
    changelog = tmp_path / "CHANGELOG.md"
    line = "- **Breaking schema change** `Query.b`: items may be null now.\n"
    for text, code in (
        (f"## [Unreleased]\n### Changed\n{line}\n## [1.0.0]\n", 0),
        (f"## [Unreleased]\n\n## [1.0.0]\n{line}", 1),
        (f"## [Unreleased]\n{line.replace('Query.b', 'Query.a')}", 1),
    ):
        changelog.write_text(text)
        ran = run("check", "--against", tmp_path / "old.graphql", "--changelog", changelog)
        assert ran.exit_code == code, text


def test_a_broken_file_is_named(current: dict[str, str], tmp_path: Path) -> None:
    """A file that is no schema is an error with its place, not a traceback or an empty schema."""
    (tmp_path / "old.graphql").write_text("type Query {")
    result = run("check", "--against", tmp_path / "old.graphql")
    assert result.exit_code == 1
    assert "old.graphql is not a schema" in result.output


def test_files_that_cannot_be_read_or_written_are_named(current: dict[str, str], tmp_path: Path) -> None:
    """A file of another encoding and a folder that does not exist each end in one line."""
    (tmp_path / "old.graphql").write_bytes(b"\xff\xfe")
    for result, reason in (
        (run("check", "--against", tmp_path / "old.graphql"), "not UTF-8"),
        (run("export", "--output", tmp_path / "nowhere" / "schema.graphql"), "No such file"),
    ):
        assert result.exit_code == 1
        assert reason in result.output
        assert isinstance(result.exception, SystemExit)


def test_an_unknown_name_is_wrong_use(current: dict[str, str]) -> None:
    """Neither a file nor a revision, nor anything that git could take for an option."""
    for name in ("no-such-revision", "--output=stolen", "HEAD:x"):
        result = run("check", f"--against={name}")
        assert result.exit_code == 2, name
        assert "neither a file nor a git revision" in result.output


def test_revisions_and_the_base(current: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision's own file is read; the base is origin/main where the branch left it, else the commit before."""

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    monkeypatch.setattr(schema_source, "ROOT", tmp_path)
    file = tmp_path / "schema.graphql"
    against_base = ("check", "--against", "base", "--file", file)
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "empty")
    assert "no earlier commit: no schema there" in run(*against_base).output
    for text in (BREAKING, OLD):
        file.write_text(text)
        git("add", ".")
        git("commit", "-q", "-m", "schema")
    assert "HEAD~1:schema.graphql: 0 breaking, 0 dangerous, 1 safe" in run(*against_base).output
    git("update-ref", "refs/remotes/origin/main", "HEAD~2")
    assert "origin/main:schema.graphql: no schema there" in run(*against_base).output
    current["sdl"] = BREAKING
    assert run("check", "--against", "HEAD", "--file", file).exit_code == 1
