"""Buckets and spans: plain arithmetic that everything exact rests on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.buckets import DAY, ceiling, floor, following, most_bars, raw_bound, widths_for
from storage.rows import Window
from storage.terms import BucketSize
from storage.windows import RAW, spans

moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
buckets = st.sampled_from(BucketSize)


@given(moments, buckets)
def test_a_moment_lies_in_one_bucket(moment: datetime, bucket: BucketSize) -> None:
    """Floor, ceiling and following agree, and are starts of whole buckets in UTC; weeks start on Monday."""
    start, step = floor(moment, bucket), timedelta(seconds=bucket.value)
    assert start <= moment < start + step
    assert ceiling(moment, bucket) == (start if start == moment else start + step)
    assert following(moment, bucket) == start + step
    assert start.timestamp() % min(bucket.value, DAY) == 0
    assert bucket is not BucketSize.WEEK or start.weekday() == 0


@given(moments, st.timedeltas(timedelta(0), timedelta(days=90)))
def test_spans_adjoin_and_cover_the_window(start: datetime, length: timedelta) -> None:
    """Nothing is left out or read twice, roll-ups are whole, and raw edges are shorter than an hour each."""
    window = Window(start, start + length)
    pieces = spans(window)
    assert [piece.start for piece in pieces] == [window.start, *(piece.end for piece in pieces[:-1])][: len(pieces)]
    assert (pieces[-1].end if pieces else window.start) == window.end
    for piece in pieces:
        assert piece.start < piece.end
        if piece.width != RAW:
            assert piece.start.timestamp() % piece.width == piece.end.timestamp() % piece.width == 0
    raw = sum((piece.end - piece.start for piece in pieces if piece.width == RAW), timedelta(0))
    assert raw < timedelta(hours=2)


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC)),
        (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)),
    ],
)
def test_a_session_day_starts_at_midnight_in_new_york(day: datetime, start: datetime) -> None:
    """In summer, on the day of 25 hours, and after it; bars of a day already carry the date."""
    assert raw_bound(day, 3_600, BucketSize.DAY) == start
    assert raw_bound(day, DAY, BucketSize.DAY) == day
    assert raw_bound(day, 60, BucketSize.HOUR) == day


def test_widths_divide_their_bucket_coarsest_first() -> None:
    """A week can be made of anything, an hour not of days; a day holds one hour more than 24."""
    assert widths_for(BucketSize.WEEK) == (604_800, 86_400, 3_600, 300, 60)
    assert widths_for(BucketSize.HOUR) == (3_600, 300, 60)
    assert most_bars(3_600, BucketSize.DAY) == 25
    assert most_bars(DAY, BucketSize.WEEK) == 7
    assert most_bars(60, BucketSize.HOUR) == 60
