"""Windows, points and sectors are exact: equal to brute force over what a history of posts should leave behind."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import sentiment
from storage.buckets import floor
from storage.database import Database
from storage.deadline import Deadline
from storage.paging import PageRequest
from storage.rows import PointRow, SentimentTotals, Window
from storage.session import Session
from storage.terms import BucketSize, Source
from tests.storage.histories import NOW, SYMBOLS, World, add, histories, live

SEEN = 40
examples = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
lengths = st.one_of(
    st.sampled_from([3_600, 86_400, 7 * 86_400, 30 * 86_400]), st.integers(0, 40 * 86_400), st.integers(0, 7_200)
)
ends = st.integers(0, 4 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds))


def within(end: datetime, length: int) -> Window:
    """The window of that many seconds before `end`."""
    return Window(end - timedelta(seconds=length), end)


def whole(world: World, bucket: BucketSize, source: Source | None = None) -> dict[str, dict[datetime, SentimentTotals]]:
    """Every symbol's points by brute force."""
    found: defaultdict[str, dict[datetime, SentimentTotals]] = defaultdict(dict)
    for symbol, where, at, mention in world.mentions():
        if source in (None, Source(where)):
            start = floor(at, bucket)
            found[symbol][start] = add(found[symbol].get(start, SentimentTotals()), mention)
    return found


@given(history=histories, end=ends, length=lengths, source=st.one_of(st.none(), st.sampled_from(Source)))
@examples
async def test_totals_equal_brute_force(
    database: Database, history: list[Any], end: datetime, length: int, source: Source | None
) -> None:
    """Any window at any instant, after late, repeated, corrected, edited and deleted posts."""
    world = await live(database, history)
    window = within(end, length)
    found = await sentiment.totals(Session(database, Deadline.after(10)), SYMBOLS, window, source)
    sums = await sentiment.sums(Session(database, Deadline.after(10)), SYMBOLS, window, source)
    for symbol in SYMBOLS:
        expected = world.totals(window, symbol, source)
        assert {row.source: row.totals for row in found.get(symbol, [])} == expected
        columns = zip(*map(msgspec.structs.astuple, expected.values()), strict=True)
        assert sums.get(symbol) == (SentimentTotals(*map(sum, columns)) if expected else None)


@given(history=histories, end=ends, length=lengths)
@examples
async def test_sectors_equal_brute_force(database: Database, history: list[Any], end: datetime, length: int) -> None:
    """A sector sums its stocks and counts those mentioned; stocks without a sector stay out; silence is a row too."""
    world = await live(database, history)
    window = within(end, length)
    found = await sentiment.sectors(Session(database, Deadline.after(10)), window)
    of_both = [world.totals(window, symbol) for symbol in SYMBOLS[:2]]
    expected = sum(totals.mention_count for each in of_both for totals in each.values())
    assert [(row.sector, row.stock_count, row.totals.mention_count) for row in found] == [
        ("Energy", sum(bool(each) for each in of_both), expected)
    ]


@given(
    history=histories,
    bucket=st.sampled_from(BucketSize),
    source=st.one_of(st.none(), st.sampled_from(Source)),
    fill=st.booleans(),
    during=st.one_of(st.none(), st.builds(within, ends, lengths)),
    limit=st.integers(1, 7),
    backward=st.booleans(),
)
@examples
async def test_points_equal_brute_force(
    database: Database,
    history: list[Any],
    bucket: BucketSize,
    source: Source | None,
    fill: bool,  # noqa: FBT001 - Hypothesis passes by name
    during: Window | None,
    limit: int,
    backward: bool,  # noqa: FBT001 - Hypothesis passes by name
) -> None:
    """Walking pages either way gives each bucket whose start lies in the range, whole, once; gaps are filled."""
    world = await live(database, history)
    session = Session(database, Deadline.after(60))
    known = whole(world, bucket, source)
    counted = await sentiment.point_counts(session, SYMBOLS, bucket, during, source, fill)
    for symbol in SYMBOLS:
        expected = _expected(known.get(symbol, {}), bucket, during, fill=fill)
        assert counted.get(symbol, 0) == len(expected)
        walked = await _walk(session, symbol, (bucket, during, source, fill), limit, backward=backward)
        assert walked == (expected[-SEEN:] if backward else expected[:SEEN])


@given(history=histories, bucket=st.sampled_from(BucketSize), limit=st.integers(1, 9), backward=st.booleans())
@examples
async def test_points_across_equal_brute_force(
    database: Database,
    history: list[Any],
    bucket: BucketSize,
    limit: int,
    backward: bool,  # noqa: FBT001 - Hypothesis passes by name
) -> None:
    """Points of several symbols come in one order, time and then symbol, each once, whichever way pages go."""
    world = await live(database, history)
    session = Session(database, Deadline.after(60))
    known = whole(world, bucket)
    expected = sorted((time, symbol, sums) for symbol, points in known.items() for time, sums in points.items())
    assert await sentiment.points_across_count(session, SYMBOLS, bucket, None) == len(expected)
    rows: list[PointRow] = []
    request = PageRequest(limit, None, backward)
    while True:
        page = await sentiment.points_across(session, SYMBOLS, bucket, None, request)
        rows = page.rows + rows if backward else rows + page.rows
        if not (page.has_previous if backward else page.has_next):
            break
        edge = page.rows[0] if backward else page.rows[-1]
        request = PageRequest(limit, (edge.time, edge.symbol), backward)
    assert [(row.time, row.symbol, row.totals) for row in rows] == expected


def _expected(
    points: dict[datetime, SentimentTotals], bucket: BucketSize, during: Window | None, *, fill: bool
) -> list[tuple[datetime, SentimentTotals]]:
    if not fill:
        inside = {at: sums for at, sums in points.items() if during is None or during.start <= at < during.end}
        return sorted(inside.items(), key=lambda point: point[0])
    if during is None and not points:
        return []
    step = timedelta(seconds=bucket.value)
    start = during.start if during else min(points)
    end = during.end if during else max(points) + step
    first = floor(start, bucket)
    first = first if first >= start else first + step
    number = max(0, -((first - end) // step))
    return [(first + step * each, points.get(first + step * each, SentimentTotals())) for each in range(number)]


async def _walk(
    session: Session,
    symbol: str,
    asked: tuple[BucketSize, Window | None, Source | None, bool],
    limit: int,
    *,
    backward: bool,
) -> list[tuple[datetime, SentimentTotals]]:
    rows: list[PointRow] = []
    request = PageRequest(limit, None, backward)
    while len(rows) < SEEN:
        page = (await sentiment.points(session, [symbol], *asked, request)).get(symbol)
        if page is None:
            break
        rows = page.rows + rows if backward else rows + page.rows
        if not (page.has_previous if backward else page.has_next):
            break
        request = PageRequest(limit, (page.rows[0].time if backward else page.rows[-1].time,), backward)
    rows = rows[-SEEN:] if backward else rows[:SEEN]
    return [(row.time, row.totals) for row in rows]
