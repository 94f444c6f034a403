"""`insitechart logs analyze`, as people and scripts run it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ops.cli import main
from tests.ops.log_analysis.lines import line, operation


def run(*arguments: str, given: bytes | None = None) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["logs", "analyze", *arguments], input=given)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Give a file of lines, some of them odd."""
    path = tmp_path / "api.log"
    slow = [{"name": "bars_by_symbol", "milliseconds": 412.0}]
    path.write_bytes(
        operation(codes=["UNAVAILABLE"], slow=slow, phases={"execute": 9.0}, misses=3, memory_hits=1) * 3
        + operation(name="\x1b[31mred[/]")
        + line(api="reddit", event="external_call", status=429, milliseconds=20.0)
        + b'half a l\n{"msg": "not ours"}\n'
    )
    return path


def test_it_prints_a_table_for_each_question(log: Path) -> None:
    """And what was left out; what clients chose steers no terminal."""
    ran = run(str(log))
    assert ran.exit_code == 0
    assert "7 lines of one file; 5 are told of" in ran.stdout
    assert "1 left out: no JSON" in ran.stdout
    assert "1 left out: JSON of another program" in ran.stdout
    for row in ("UNAVAILABLE database", "bars_by_symbol 3 412.0", "execute 3 9.00", "memory 12 3 25.0%", "reddit 1 1"):
        assert any(" ".join(each.split()).startswith(row) for each in ran.stdout.splitlines()), row
    assert "\\x1b[31mred[/]" in ran.stdout
    assert "\x1b" not in ran.stdout


def test_json_has_the_same_figures(log: Path) -> None:
    """For `jq`, whole."""
    found = json.loads(run(str(log), "--json").stdout)
    assert found["read"]["unreadable"] == 1
    assert found["errors"]["rows"][0]["type"] == "UNAVAILABLE"
    assert found["operations"]["rows"][1]["name"] == "\x1b[31mred[/]"


def test_lines_may_be_piped_in(log: Path) -> None:
    """As `-`, compressed or not."""
    ran = run("-", "--json", given=log.read_bytes())
    assert (ran.exit_code, json.loads(ran.stdout)["read"]["within"]) == (0, 5)


def test_lists_can_be_longer(log: Path) -> None:
    """What is not shown is counted."""
    assert "… and 1 more; --top shows more" in run(str(log), "--top", "1").stdout


@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        (b"", (), "There is no line of ours"),
        (b"10.0.0.1 GET /\n", (), "There is no line of ours"),
        (b"2026-11-23T15:07:55Z [info     ] operation\n", (), "INSITECHART_LOG_FORMAT=json has a process write it"),
        (operation(), ("--until", "2020-01-01"), "No line falls within: they go from 2025-11-23 13:59:00"),
    ],
)
def test_nothing_to_tell_of_fails(content: bytes, arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """A script notices; a person learns what there is, on standard error."""
    (tmp_path / "api.log").write_bytes(content)
    ran = run(str(tmp_path / "api.log"), *arguments)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert told in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Missing argument 'FILE...'"),
        (("absent.log",), "absent.log: no such file"),
        (("absent*.log",), "no file fits this pattern"),
        (("/",), "a folder; name its files"),
        (("-", "--since", "soon"), "30m, 1h or 2d"),
        (("-", "--since", "1h", "--until", "2h"), "is not before --until"),
        (("-", "--top", "0"), "--top"),
    ],
)
def test_wrong_usage_is_told(arguments: tuple[str, ...], told: str) -> None:
    """With what would be right."""
    ran = run(*arguments, given=b"")
    assert ran.exit_code == 2
    assert told in ran.stderr


def test_a_file_that_cannot_be_read_is_told_by_its_name(log: Path, tmp_path: Path) -> None:
    """With what the system says of it."""
    odd = tmp_path / "odd.log"
    odd.symlink_to("/proc/self/mem")
    ran = run(str(log), str(odd))
    assert ran.exit_code == 2
    assert f"{odd}: Input/output error" in ran.stderr


def test_too_little_memory_is_told(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as a traceback."""
    monkeypatch.setattr("ops.log_analysis.lines._MEMORY", "1MB")
    ran = run(str(log))
    assert ran.exit_code == 1
    assert "the lines cannot be looked at" in ran.stderr
    assert isinstance(ran.exception, SystemExit)
