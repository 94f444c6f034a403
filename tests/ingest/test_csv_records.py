"""CSV of every quality: what is sound comes out, what is damaged costs its own line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importing.csv_records import CsvRecords
from ingest.importing.faults import Rejection, UnusableInput
from ingest.importing.lines import MAX_LINE_BYTES, read_lines
from ingest.importing.records import Record


def records(data: str | bytes) -> list[Record | Rejection]:
    """All records below the header."""
    return list(CsvRecords(read_lines(io.BytesIO(data.encode() if isinstance(data, str) else data))))


def sound(data: str | bytes) -> list[tuple[int, list[object]]]:
    """Lines and cells of the sound records."""
    return [(each.line, list(each.cells.values())) for each in records(data) if isinstance(each, Record)]


def rejected(data: str | bytes) -> list[tuple[int, str]]:
    """Lines and reasons of the others."""
    return [(each.line, each.reason) for each in records(data) if isinstance(each, Rejection)]


CELL = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(CELL, CELL), max_size=8))
def test_what_csv_writers_write_is_read_back(rows: list[tuple[str, str]]) -> None:
    """Quotes, commas and line breaks within cells survive, and so does the number of records."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    assert [tuple(cells) for _, cells in sound(text.getvalue())] == rows


@given(st.binary(max_size=300))
def test_any_bytes_below_a_header_give_records_or_rejections(data: bytes) -> None:
    """Nothing breaks the reader, and each outcome names a line that exists, in order."""
    found = records(b"a,b\n" + data)
    lines = [each.line for each in found]
    assert lines == sorted(lines)
    assert all(2 <= line <= data.count(b"\n") + 2 for line in lines)


def test_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    """Rows before and after the stray quote come in, although a plain reader would swallow the rest of the file."""
    text = 'a,b\n1,2\n3,"oops\n' + "".join(f"{n},{n}\n" for n in range(100))
    assert rejected(text) == [(3, "a quote that is opened here is not closed properly")]
    assert len(sound(text)) == 101
    assert sound(text)[1] == (4, ["0", "0"])


def test_stray_quotes_on_many_lines_cost_those_lines() -> None:
    """Each line with a stray quote is rejected by itself; the good lines between them stay."""
    text = "a,b\n" + "".join('x,"y\n1,2\n' for _ in range(50))
    assert rejected(text) == [(line, rejected(text)[0][1]) for line in range(2, 102, 2)]
    assert len(sound(text)) == 50


def test_runaway_records_are_cut_at_a_bound() -> None:
    """Lines whose quotes always reopen would make reading quadratic: past a budget their lines are given up, aloud."""
    unit = 'x","y\n'
    text = "a,b\n" + unit * (3 * MAX_LINE_BYTES // len(unit))
    found = records(text)
    assert all(isinstance(each, Rejection) for each in found)
    assert len(found) < 10
    assert any("lines given up" in each.detail for each in found if isinstance(each, Rejection))


def test_ragged_rows_blank_lines_and_carriage_returns() -> None:
    """Too few and too many fields are rejected with their line; blank lines are no rows; CRLF is a line end."""
    text = "a,b\r\n\r\n1,2\r\n1\r\n1,2,3\r\n   \r\n4,5"
    assert sound(text) == [(3, ["1", "2"]), (7, ["4", "5"])]
    assert rejected(text) == [(4, "wrong number of fields"), (5, "wrong number of fields")]


def test_faults_of_lines_reject_their_records() -> None:
    """NUL bytes, bad UTF-8 and huge fields reject the row, in quoted cells too."""
    data = b'a,b\n1,\0\n2,\xff\n3,"x\n\0y"\n4,' + b"z" * 200_000 + b"\n5,6\n"
    assert rejected(data) == [(2, "NUL byte"), (3, "not UTF-8"), (5, "NUL byte"), (6, "malformed CSV")]
    assert sound(data) == [(7, ["5", "6"])]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"a,b,a\n1,2,3\n", "names a column twice: a"),
        (b"a,\xff\n", "header cannot be read: line 1: not UTF-8"),
        (b'a,"b\n', "header cannot be read"),
    ],
)
def test_an_unusable_header_is_one_clear_error(data: bytes, reason: str) -> None:
    """Without a header nothing can be read."""
    with pytest.raises(UnusableInput, match=reason):
        records(data)


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    """Spreadsheets write the mark; the first column keeps its name."""
    assert CsvRecords(read_lines(io.BytesIO(b"\xef\xbb\xbfsymbol, name \nA,B\n"))).columns == ("symbol", "name")
