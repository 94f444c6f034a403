"""JSON Lines of every quality."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importing.faults import Rejection, UnusableInput
from ingest.importing.json_records import JsonRecords
from ingest.importing.lines import read_lines
from ingest.importing.records import Record


def records(data: bytes) -> list[Record | Rejection]:
    """All records."""
    return list(JsonRecords(read_lines(io.BytesIO(data))))


def test_objects_come_with_their_lines_and_others_are_rejected() -> None:
    """Whatever is no JSON object on its line is rejected by itself."""
    data = (
        b'{"a": 1}\n\n[1]\nnull\n{"a": NaN}\n{"a": "\xff"}\n{"a": "x\0"}\n{"a"\n'
        + b'{"a":' * 5_000
        + b"\n"
        + b'{"b": [2]}'
    )
    found = records(data)
    assert [each for each in found if isinstance(each, Record)] == [
        Record(1, {"a": 1}, 9),
        Record(10, {"b": [2]}, 10),
    ]
    assert [(each.line, each.reason) for each in found if isinstance(each, Rejection)] == [
        (3, "not a JSON object"),
        (4, "not a JSON object"),
        (5, "malformed JSON"),
        (6, "not UTF-8"),
        (7, "NUL byte"),
        (8, "malformed JSON"),
        (9, "malformed JSON"),
    ]


def test_values_beyond_json_are_malformed() -> None:
    """A number out of range and half of a surrogate pair are faults of the line, not of its form."""
    found = records(b'{"a": 1e999}\n{"a": "\\ud800"}\n')
    assert [each.reason for each in found if isinstance(each, Rejection)] == ["malformed JSON", "malformed JSON"]


def test_a_json_array_is_explained() -> None:
    """The commonest mistake gets its own message."""
    with pytest.raises(UnusableInput, match="one object per line"):
        records(b'[{"a": 1},\n{"a": 2}]')


@given(st.binary(max_size=300))
def test_any_bytes_below_an_object_give_records_or_rejections(data: bytes) -> None:
    """Nothing breaks the reader."""
    for each in records(b'{"a": 1}\n' + data):
        assert each.line >= 1
