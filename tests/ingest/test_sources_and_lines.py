"""Opening inputs of every kind, and cutting them into lines that carry their faults."""

import gzip
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importing.faults import UnusableInput
from ingest.importing.lines import MAX_LINE_BYTES, read_lines
from ingest.importing.sources import open_source


def lines_of(path: Path) -> list[str]:
    """Texts of all lines."""
    with open_source(str(path)) as source:
        return [line.text for line in source.lines()]


@given(st.binary(max_size=400))
def test_any_bytes_become_numbered_lines(data: bytes) -> None:
    """No bytes break the reader; lines count from 1, and sound text passes unchanged."""
    lines = list(read_lines(io.BytesIO(data)))
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    if all(line.fault is None for line in lines):
        assert "".join(line.text for line in lines).encode() == data.removeprefix(b"\xef\xbb\xbf")


def test_faulty_lines_say_why_and_the_next_line_is_sound() -> None:
    """Bad UTF-8, a NUL byte and an endless line each spoil their own line only."""
    data = b"\xef\xbb\xbfa\n\xff\xfe\nb\0\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\nend"
    faults = [(line.number, line.fault) for line in read_lines(io.BytesIO(data))]
    assert faults == [
        (1, None),
        (2, "not UTF-8"),
        (3, "NUL byte"),
        (4, f"line longer than {MAX_LINE_BYTES:,} bytes"),
        (5, None),
    ]


def test_gzip_is_told_by_its_first_bytes_not_by_the_name(tmp_path: Path) -> None:
    """A compressed file reads alike under any name, and its progress counts stored bytes."""
    for name in ("a.csv.gz", "a.csv"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
        assert lines_of(path) == ["a,b\n", "1,2\n"]
        with open_source(str(path)) as source:
            assert list(source.lines())
            assert source.position() == source.size == path.stat().st_size


@pytest.mark.parametrize("cut", [30, 300])
def test_damaged_gzip_is_named(tmp_path: Path, cut: int) -> None:
    """Compressed data that ends early is an error of the input, not a short file."""
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d,%d\n" % (n, n * n) for n in range(5_000)))[:-cut])
    with pytest.raises(UnusableInput, match="damaged or cut off"):
        lines_of(path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.csv", None, "No such file"),
        ("image.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None),
        ("table.csv", b"PK\x03\x04\x14\0\x06\0", "binary"),
        ("wide.csv", "symbol,name".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, name: str, content: bytes | None, reason: str | None) -> None:
    """Missing, binary and UTF-16 files are refused with what is wrong; later NUL bytes are faults of their lines."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    if reason is None:
        with open_source(str(path)) as source:
            assert any(line.fault for line in source.lines())
        return
    with pytest.raises(UnusableInput, match=reason):
        lines_of(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is not a file, and the message says so."""
    with pytest.raises(UnusableInput, match="directory"):
        lines_of(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.csv", b'{"a": 1}', "csv"),
        ("a.jsonl", b"a,b", "jsonl"),
        ("a.NDJSON", b"", "jsonl"),
        ("a.jsonl.gz", b"", "jsonl"),
        ("a.txt", b' \n{"a": 1}', "jsonl"),
        ("a.txt", b"\xef\xbb\xbf{}", "jsonl"),
        ("a", b"a,b", "csv"),
    ],
)
def test_the_format_is_told_by_name_then_by_the_first_character(
    tmp_path: Path, name: str, content: bytes, form: str
) -> None:
    """The suffix decides; without one, a brace means JSON Lines."""
    path = tmp_path / name
    path.write_bytes(content)
    with open_source(str(path)) as source:
        assert source.format == form
    with open_source(str(path), "csv") as source:
        assert source.format == "csv"


def test_standard_input_is_read_and_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads standard input, whose size nobody knows, and does not close it."""
    given_input = io.TextIOWrapper(io.BytesIO(b'{"a": 1}\n'))
    monkeypatch.setattr(sys, "stdin", given_input)
    with open_source("-") as source:
        assert (source.format, source.size, source.position()) == ("jsonl", None, None)
        assert [line.text for line in source.lines()] == ['{"a": 1}\n']
    assert not given_input.closed
