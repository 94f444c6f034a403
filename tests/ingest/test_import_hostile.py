"""Files and flags that once broke the import, or could: pipes, odd names, deep values, long lines, full disks."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.importing import pipeline
from ingest.importing.columns import Columns, Field
from ingest.importing.kinds import Written
from ingest.importing.post_rows import Posts
from storage.database import Database
from storage.terms import Source
from tests.ingest.conftest import NOW, Importer
from tests.ingest.test_import_command import HEADER, run


@pytest.fixture
def pipe() -> Iterator[str]:
    """The path of a pipe that holds two stocks, as a shell's process substitution names it."""
    reading, writing = os.pipe()
    os.write(writing, HEADER.encode() + b"AAA,A\nBBB,B\n")
    os.close(writing)
    yield f"/proc/{os.getpid()}/fd/{reading}"
    os.close(reading)


def test_a_pipe_named_as_a_file_is_imported(plain_database_url: str, tmp_path: Path, pipe: str) -> None:
    """`import stocks <(zcat …)`: where reading stands cannot be known, and need not be."""
    done = run(plain_database_url, tmp_path, "stocks", pipe)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 rows read: 2 inserted" in done.stdout


def test_rejects_never_overwrite_an_input(plain_database_url: str, tmp_path: Path) -> None:
    """The same file by another name is refused before anything is opened for writing."""
    (tmp_path / "in.csv").write_text(HEADER + "AAA,A\n")
    (tmp_path / "link.csv").symlink_to("in.csv")
    done = run(plain_database_url, tmp_path, "stocks", "in.csv", "--rejects", "link.csv")
    assert done.returncode == 2
    assert "would be overwritten" in done.stderr
    assert (tmp_path / "in.csv").read_text() == HEADER + "AAA,A\n"


def test_a_full_disk_under_the_rejects_ends_the_import_with_an_account(plain_database_url: str, tmp_path: Path) -> None:
    """Rejects that cannot be kept are no success; what went in is told."""
    (tmp_path / "in.csv").write_text(HEADER + "AAA,A\n" + "!!,bad\n" * 2_000)
    done = run(plain_database_url, tmp_path, "stocks", "in.csv", "--rejects", "/dev/full")
    assert done.returncode == 2
    assert "--rejects /dev/full: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "rows read" in done.stdout


def test_a_file_name_that_is_no_text_or_looks_like_markup(plain_database_url: str, tmp_path: Path) -> None:
    """Names are shown as well as can be, and written to the rejects byte for byte."""
    for name in (b"\xff.csv", b"[bold].csv"):
        with Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).open("w") as file:
            file.write(HEADER + "!!,bad\n")
        done = run(plain_database_url, tmp_path, "stocks", os.fsdecode(name), "--rejects", "out.csv")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert (tmp_path / "out.csv").read_bytes().splitlines()[1] == name + b",2,not a stock symbol,!!"


@pytest.mark.parametrize(("posted_at", "reason"), [("3000-01-01", "in the future"), ("1969-12-31", "before 2000")])
def test_one_time_for_all_rows_must_be_plausible_too(
    plain_database_url: str, tmp_path: Path, posted_at: str, reason: str
) -> None:
    """A post from the year 3000 is refused, whoever dates it so."""
    (tmp_path / "in.csv").write_text("text\n$AAA\n")
    done = run(plain_database_url, tmp_path, "posts", "in.csv", "--source", "x", "--posted-at", posted_at)
    assert done.returncode == 2
    assert reason in done.stderr


async def test_values_of_any_depth_are_rejected_like_others(importer: Importer) -> None:
    """A list as deep as the JSON reader takes is deeper than Python can write out again."""
    texts = ("[" * depth + "]" * depth for depth in range(800, 1_000, 3))
    lines = [f'{{"text": {text}, "posted_at": "2026-01-01"}}' for text in texts]
    done = await importer(Posts(NOW, Source.X), "\n".join(lines), "deep.jsonl")
    assert done.tally.rejected.total() == done.tally.read == len(lines)


async def test_long_rows_make_small_batches(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by characters: a write, and the first look at a file, end early where rows are long."""
    monkeypatch.setattr(pipeline, "MOST_CHARACTERS", 10_000)
    looked: list[int] = []
    written: list[int] = []

    class Watched(Posts):
        def inspect(self, head: object) -> None:
            looked.append(len(head))  # type: ignore[arg-type]

        async def write(self, database: Database, rows: list[object]) -> Written:  # type: ignore[override]
            written.append(len(rows))
            return await super().write(database, rows)  # type: ignore[arg-type]

    text = "$AAPL " + "x" * 3_000
    lines = [f'{{"id": "{number}", "text": "{text}", "posted_at": "2026-01-01"}}' for number in range(8)]
    done = await importer(Watched(NOW, Source.X), "\n".join(lines), "long.jsonl")
    assert (done.counts, looked, written) == ((8, 0, 0), [4], [4, 4])


def test_only_ordinary_shapes_are_remembered() -> None:
    """Rows with thousands of keys, other ones on each, leave nothing behind."""
    columns = Columns((Field("a"),))
    for number in range(200):
        assert columns.find([f"{number}-{key}" for key in range(1_000)]) == {}
        columns.find([f"{number}", "a"])
    assert 0 < sum(map(len, columns._shapes)) < 1_000
