"""The command: exit codes that scripts can trust, what it prints, the file of rejects, standard input."""

import asyncio
import gzip
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

HEADER = "symbol,name\n"
PROGRAM = "from ops.cli import main; main(prog_name='insitechart')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a good file, one with bad rows, and one that is no table."""
    (tmp_path / "good.csv").write_text(HEADER + "AAA,A\nBBB,B\n")
    (tmp_path / "bad.csv").write_text(HEADER + "AAA,A\n" + "".join(f"B{n},\n" for n in range(30)))
    (tmp_path / "odd.csv").write_text("colour,size\nred,1\n")
    return tmp_path


def run(url: str, folder: Path, *words: str, given: bytes = b"") -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own."""
    command: Sequence[str] = (sys.executable, "-c", PROGRAM, "import", *words, "--database-url", url)
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, timeout=60, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_good_file_exits_with_0_and_a_summary(plain_database_url: str, folder: Path) -> None:
    """The summary stands on standard output, nothing on standard error where nobody watches."""
    done = run(plain_database_url, folder, "stocks", "good.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "good.csv: 2 rows read: 2 inserted, 0 updated, 0 unchanged, 0 skipped, 0 rejected" in done.stdout
    assert "rows/s" in done.stdout


def test_bad_rows_exit_with_1_are_shown_up_to_a_bound_and_written_in_full(
    plain_database_url: str, folder: Path
) -> None:
    """Twenty on the screen, the number of the rest, all of them in the file of rejects."""
    done = run(plain_database_url, folder, "stocks", "bad.csv", "--rejects", "out.csv")
    assert done.returncode == 1
    assert done.stderr.count("name is empty") == 20
    assert "bad.csv: line 3: name is empty" in done.stderr
    assert "and 10 more rejected rows" in done.stderr
    assert "rejected         30  name is empty" in done.stdout
    lines = (folder / "out.csv").read_text().splitlines()
    assert lines[:2] == ["file,line,reason,detail", "bad.csv,3,name is empty,"]
    assert len(lines) == 31


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stocks", "odd.csv"], "missing columns: symbol"),
        (["stocks", "absent.csv"], "absent.csv: No such file"),
        (["stocks", "."], "directory"),
        (["stocks"], "Missing argument"),
        (["stocks", "odd.csv", "--map", "colour"], "'colour' is not COLUMN=FIELD"),
        (["stocks", "odd.csv", "--map", "colour=symbl"], "there is no field symbl"),
        (["prices", "odd.csv", "--width", "2h"], "'2h' is not a width"),
        (["posts", "odd.csv", "--source", "myspace"], "'myspace'"),
        (["stocks", "good.csv", "--rejects", "no/such/folder.csv"], "No such file"),
    ],
)
def test_wrong_usage_and_unusable_input_exit_with_2(
    plain_database_url: str, folder: Path, words: list[str], message: str
) -> None:
    """What cannot be imported at all is told from rows that are wrong."""
    done = run(plain_database_url, folder, *words)
    assert done.returncode == 2
    assert message in done.stderr


def test_several_files_go_on_after_a_bad_one_and_strict_does_not(plain_database_url: str, folder: Path) -> None:
    """The worst exit code wins; strict ends with the first bad row."""
    done = run(plain_database_url, folder, "stocks", "odd.csv", "bad.csv", "good.csv")
    assert done.returncode == 2
    assert "good.csv: 2 rows read" in done.stdout
    done = run(plain_database_url, folder, "stocks", "bad.csv", "good.csv", "--strict")
    assert done.returncode == 1
    assert "stopped at the first bad row" in done.stderr
    assert "good.csv" not in done.stdout


def test_standard_input_compressed_or_not(plain_database_url: str, folder: Path) -> None:
    """A dash reads standard input; gzip and JSON Lines are recognised there."""
    for given in (b"symbol,name\nCCC,C\n", gzip.compress(b'{"symbol": "CCC", "name": "C"}\n')):
        done = run(plain_database_url, folder, "stocks", "-", given=given)
        assert done.returncode == 0, done.stderr
        assert "-: 1 rows read" in done.stdout


def test_mapped_posts_with_a_fixed_time_or_a_column_of_times(plain_database_url: str, folder: Path) -> None:
    """`--posted-at` takes a time or a column's name."""
    run(plain_database_url, folder, "stocks", "good.csv")
    (folder / "posts.csv").write_text("Tweet Text,when\n$AAA is great,2026-01-01\n")
    for posted_at, count in (("2022-05-17", "1 inserted"), ("when", "1 updated")):
        done = run(
            plain_database_url,
            folder,
            "posts",
            "posts.csv",
            "--map",
            "Tweet Text=text",
            "--source",
            "x",
            "--posted-at",
            posted_at,
        )
        assert (done.returncode, count in done.stdout) == (0, True), done.stderr


def test_a_database_without_the_schema_says_what_to_run(plain_database_url: str, folder: Path) -> None:
    """A named database belongs to its operator: nothing is created in it, and the message names the command."""
    empty = re.sub(r"/[^/?]*(?=\?|$)", "/postgres", plain_database_url)
    done = run(empty, folder, "stocks", "good.csv")
    assert done.returncode == 1
    assert "run 'insitechart migrate' first" in done.stderr


def test_the_schema_is_checked_behind_pgbouncer_too(
    plain_database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check sends nothing that pgbouncer refuses, so there is no reason to import into an unknown schema."""
    monkeypatch.setenv("INSITECHART_PGBOUNCER", "true")
    empty = re.sub(r"/[^/?]*(?=\?|$)", "/postgres", plain_database_url)
    assert "run 'insitechart migrate' first" in run(empty, folder, "stocks", "good.csv").stderr
    assert run(plain_database_url, folder, "stocks", "good.csv").returncode == 0


async def test_an_interrupt_tells_what_is_in_and_exits_with_130(
    plain_database_url: str, folder: Path, rows: Callable[[str], Any]
) -> None:
    """Ctrl-C ends a long import at once, with the account so far; the rows counted are in the table."""
    lines = (f"S{number},Name {number}\n" for number in range(600_000))
    (folder / "long.csv").write_text(HEADER + "".join(lines))
    words = [sys.executable, "-c", PROGRAM, "import", "stocks", "long.csv", "--database-url", plain_database_url]
    child = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        while (await rows("SELECT count(*) FROM stocks"))[0][0] < 10_000:  # two batches: one is counted for sure
            assert child.returncode is None
            await asyncio.sleep(0.05)
        child.send_signal(signal.SIGINT)
        output, errors = await asyncio.wait_for(child.communicate(), 30)
    finally:
        if child.returncode is None:
            child.kill()
    assert child.returncode == 130, errors
    assert b"importing again completes it" in errors
    assert re.search(rb"long.csv: [\d,]+ rows read: [1-9][\d,]* inserted", output)


def test_no_database_exits_with_69(folder: Path) -> None:
    """A server that is not there is not a fault of the file."""
    done = run("postgresql://nobody@127.0.0.1:1/none", folder, "stocks", "good.csv")
    assert done.returncode == 69
    assert "Traceback" not in done.stderr
