"""Cells into values, columns into fields, distances into widths: each refusal has its own reason."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importing import cells
from ingest.importing.bar_widths import infer_width, parse_width
from ingest.importing.columns import Columns, Field
from ingest.importing.faults import RowError, UnusableInput, shown

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@pytest.mark.parametrize(
    ("value", "number"), [("1", 1.0), (" .5 ", 0.5), ("1e3", 1e3), ("+2.", 2.0), (3, 3.0), (2.5, 2.5)]
)
def test_numbers(value: object, number: float) -> None:
    """Decimal text and JSON numbers."""
    assert cells.number(value, "n") == number


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "empty"),
        (None, "empty"),
        ("NaN", "not finite"),
        ("-inf", "not finite"),
        ("Infinity", "not finite"),
        (float("nan"), "not finite"),
        ("1e999", "not finite"),
        ("1e99" + "9" * 70, "not a number"),
        (10**400, "not finite"),
        ("1_000", "not a number"),
        ("1,5", "not a number"),
        ("٣", "not a number"),
        ("0x10", "not a number"),
        (True, "not a number"),
        ([], "not a number"),
        (-1, "not above zero"),
        ("0", "not above zero"),
        ("-0.0", "not above zero"),
    ],
)
def test_what_is_no_price(value: object, reason: str) -> None:
    """A price is a finite number above zero, in plain digits."""
    with pytest.raises(RowError, match=f"open is {reason}"):
        cells.price(value, "open")


def test_whole_numbers() -> None:
    """Whole in any spelling, never negative, at most what JSON clients read exactly."""
    assert [cells.whole(value, "v") for value in ("12", "1e6", 44.0, "", None, 2**53 - 1)] == [
        12,
        10**6,
        44,
        None,
        None,
        2**53 - 1,
    ]
    for value, reason in (("1.5", "whole"), (-1, "below zero"), (2**53, "above")):
        with pytest.raises(RowError, match=reason):
            cells.whole(value, "v")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("20240501", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01 13:30", datetime(2024, 5, 1, 13, 30, tzinfo=UTC)),
        ("2024-05-01T13:30:00Z", datetime(2024, 5, 1, 13, 30, tzinfo=UTC)),
        ("2024-05-01T09:30:00-04:00", datetime(2024, 5, 1, 13, 30, tzinfo=UTC)),
        ("1714570200", datetime(2024, 5, 1, 13, 30, tzinfo=UTC)),
        (1714570200, datetime(2024, 5, 1, 13, 30, tzinfo=UTC)),
        ("1714570200.5", datetime(2024, 5, 1, 13, 30, 0, 500_000, tzinfo=UTC)),
        ("1714570200000", datetime(2024, 5, 1, 13, 30, tzinfo=UTC)),
    ],
)
def test_times(written: object, moment: datetime) -> None:
    """ISO 8601, naive times as UTC, and Unix time."""
    assert cells.moment(written, "time", EARLIEST, NOW) == moment


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("3000-01-01", "lies in the future"),
        ("2026-06-02T00:00:01Z", "lies in the future"),
        ("1999-12-31", "lies before 2000-01-01"),
        ("0001-01-01T00:00:00+23:59", "not a time"),
        ("yesterday", "not a time"),
        ("05/01/2024", "not a time"),
        ("99999999999999999999", "not a time"),
        ("", "empty"),
        ({}, "not a text"),
    ],
)
def test_what_is_no_time(written: object, reason: str) -> None:
    """Times beyond a day ahead or before the earliest, and what is no time, are refused."""
    with pytest.raises(RowError, match=reason):
        cells.moment(written, "time", EARLIEST, NOW)


def test_symbols() -> None:
    """Any spelling of class and preferred series, one or several; no long or foreign text."""
    assert [cells.symbol(text) for text in ("$tsla", "brk-b", "BF/B", "ABR$D", "ABR-PD")] == [
        "TSLA",
        "BRK.B",
        "BF.B",
        "ABR.PD",
        "ABR.PD",
    ]
    assert cells.symbols("$BWV $AUVI, DTC;") == ["BWV", "AUVI", "DTC"]
    for text in ("X" * 300, "", "Ünicode", "A B", "$", "A\0"):
        with pytest.raises(RowError):
            cells.symbol(text)


@given(JSON)
def test_no_cell_breaks_a_reader(value: object) -> None:
    """Every cell of CSV or JSON gives a value or a RowError."""
    for read in (
        cells.symbol,
        cells.symbols,
        lambda cell: cells.text(cell, "t", 5),
        lambda cell: cells.price(cell, "p"),
        lambda cell: cells.whole(cell, "w"),
        lambda cell: cells.moment(cell, "m", EARLIEST, NOW),
    ):
        with suppress(RowError):
            read(value)


@given(JSON)
def test_refusals_are_short_and_printable(value: object) -> None:
    """Whatever the cell holds, its refusal fits on a line."""
    error = RowError("reason", value)
    assert len(error.detail) < 120
    assert error.detail.isprintable()


def test_foreign_values_are_shown_short_and_harmless() -> None:
    """Control characters cannot reach a terminal, and a megabyte cannot fill it."""
    assert shown("a\x1b[31mb\n") == "a\ufffd[31mb\ufffd"
    assert shown("x" * 1_000_000) == "x" * 60 + "… 1,000,000 characters"


FIELDS = (
    Field("symbol", required=True, aliases=("ticker",)),
    Field("time", required=True, aliases=("date",)),
    Field("note"),
)


def test_columns_are_found_by_map_then_name_then_alias() -> None:
    """Spelling does not matter; a mapped column means nothing else."""
    assert Columns(FIELDS).find(("Ticker", "DATE", "x")) == {"symbol": "Ticker", "time": "DATE"}
    assert Columns(FIELDS).find(("ticker", "Symbol", "date")) == {"symbol": "Symbol", "time": "date"}
    mapped = Columns(FIELDS, {"Symbol": "note", "When?": "time"})
    assert mapped.find(("Symbol", "When?", "date", "ticker")) == {"note": "Symbol", "time": "When?", "symbol": "ticker"}


def test_a_missing_column_names_what_was_expected_and_found() -> None:
    """One error names every missing column, its aliases, and the columns that are there."""
    with pytest.raises(UnusableInput, match=r"missing columns: symbol \(or ticker\); time \(or date\).*found are a, b"):
        Columns(FIELDS).of_header(("a", "b"))
    Columns(FIELDS, {}, {"time"}).of_header(("symbol",))


def test_a_wrong_map_is_refused() -> None:
    """Unknown columns and unknown fields are both named."""
    with pytest.raises(UnusableInput, match="no field colour; the fields are symbol, time, note"):
        Columns(FIELDS, {"a": "colour"})
    with pytest.raises(UnusableInput, match="no column Nope to map"):
        Columns(FIELDS, {"Nope": "note"}).of_header(("symbol", "date"))


@pytest.mark.parametrize("seconds", [60, 300, 3_600, 86_400, 604_800])
def test_the_width_is_the_commonest_and_smallest_distance(seconds: int) -> None:
    """Gaps only lengthen distances; several symbols do not disturb each other."""
    step = timedelta(seconds=seconds)
    bars = [(symbol, NOW + step * n) for n in range(10) if n != 6 for symbol in ("A", "B")]
    assert infer_width(bars) == seconds


@pytest.mark.parametrize(
    "distances", [[], [3_600], [3_600, 3_600], [7_200] * 9, [3_600] * 8 + [60], [86_400, 172_800, 259_200, 345_600]]
)
def test_a_doubtful_width_is_refused(distances: list[int]) -> None:
    """Too few bars, odd distances and mixed widths must be said, not guessed."""
    times = [NOW]
    for distance in distances:
        times.append(times[-1] + timedelta(seconds=distance))
    with pytest.raises(UnusableInput, match="--width"):
        infer_width([("A", time) for time in times])


def test_widths_have_several_spellings() -> None:
    """Words, short forms and seconds; nothing between."""
    assert [parse_width(text) for text in ("1h", " Hour ", "3600", "1d", "5m", "1w")] == [
        3_600,
        3_600,
        3_600,
        86_400,
        300,
        604_800,
    ]
    assert parse_width("2h") is None


def test_the_offset_of_a_time_is_kept() -> None:
    """The date at the exchange may differ from the date in UTC."""
    found = cells.moment("2024-05-01T20:00:00-05:00", "time", EARLIEST, NOW)
    assert found.utcoffset() == timezone(-timedelta(hours=5)).utcoffset(None)
