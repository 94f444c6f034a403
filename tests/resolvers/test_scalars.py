"""The scalars as clients of every language write them, and as all of them can read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.scalars import EXACT, SCALARS, BigInt

INSTANT = SCALARS[datetime]
WHOLE = SCALARS[BigInt]
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=ZONES))  # noqa: DTZ001 - bounds are naive
def test_an_instant_reads_back_in_utc(moment: datetime) -> None:
    """Any offset is read; what is printed ends in Z and means the same instant."""
    assert INSTANT.parse_value is not None
    assert INSTANT.serialize is not None
    printed = INSTANT.serialize(INSTANT.parse_value(moment.isoformat()))
    assert printed.endswith("Z")
    assert INSTANT.parse_value(printed) == moment
    assert INSTANT.parse_value(printed).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "microseconds"), [("00.5Z", 500_000), ("00.123Z", 123_000), ("00.123456789Z", 123_456), ("00z", 0)]
)
def test_fractions_are_read_to_the_microsecond(text: str, microseconds: int) -> None:
    """JavaScript prints milliseconds, Go and Java nanoseconds; the tables keep microseconds."""
    assert INSTANT.parse_value is not None
    expected = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(microseconds=microseconds)
    assert INSTANT.parse_value(f"2026-03-01T12:00:{text}") == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:60Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:00+99:00",
        "0001-01-01T00:00:00+01:00",
        "٢٠٢٦-03-01T12:00:00Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01 12:00:00Z",
        "+2026-03-01T12:00:00Z",
    ],
)
def test_other_instants_are_refused(text: str) -> None:
    """No such second, no such offset, before the calendar, other digits, another form."""
    assert INSTANT.parse_value is not None
    with pytest.raises(ValueError, match="DateTime"):
        INSTANT.parse_value(text)


@pytest.mark.parametrize("value", [EXACT + 1, -EXACT - 1, 5.0, "5", True, None])
def test_a_whole_number_that_readers_could_round_is_refused(value: object) -> None:
    """Beyond 2^53, and everything that is no whole number."""
    assert WHOLE.parse_value is not None
    with pytest.raises(ValueError, match="whole number"):
        WHOLE.parse_value(value)


def test_a_sum_beyond_exactness_is_still_printed() -> None:
    """The volumes of a week may add up past 2^53; its page is answered all the same."""
    assert WHOLE.serialize is not None
    assert WHOLE.serialize(2**63 - 1) == 2**63 - 1
    with pytest.raises(TypeError, match="whole number"):
        WHOLE.serialize("5")
