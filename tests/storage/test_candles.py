"""Candles and quotes equal what plain Python makes of the same bars, page by page and whole."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import prices
from storage.buckets import DAY, floor
from storage.database import Database
from storage.deadline import Deadline
from storage.paging import PageRequest
from storage.rows import CandleRow, StockRow, Window
from storage.session import Session
from storage.terms import BucketSize
from storage.write_prices import PriceRecord, write_prices
from storage.write_stocks import write_stocks

NEW_YORK = ZoneInfo("America/New_York")
CLOCK_BACK = datetime(2026, 11, 1, tzinfo=UTC)
"""The day on which New York's clock goes back: its session day has 25 hours."""

examples = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
widths = st.sampled_from([size.value for size in BucketSize])
offsets = st.one_of(st.integers(-12 * 86_400, 12 * 86_400), st.integers(-30 * 3_600, 30 * 3_600))


def _bar(symbol: str, width: int, offset: int, level: int, volume: int) -> PriceRecord:
    start = floor(CLOCK_BACK + timedelta(seconds=offset), BucketSize(min(width, DAY)))
    return PriceRecord(symbol, width, start, level, level + 2.5, level - 0.5, level + 1, volume)


bars = st.builds(_bar, st.sampled_from(["AAPL", "MSFT"]), widths, offsets, st.integers(10, 500), st.integers(0, 10**12))
windows = st.builds(
    lambda offset, length: Window(
        CLOCK_BACK + timedelta(seconds=offset), CLOCK_BACK + timedelta(seconds=offset + length)
    ),
    offsets,
    st.integers(0, 20 * 86_400),
)


def session_day(bar: PriceRecord) -> date:
    """The date in New York of a bar narrower than a day, and a wider bar's own date."""
    return bar.time.astimezone(NEW_YORK if bar.width < DAY else UTC).date()


def bucket_of(bar: PriceRecord, bucket: BucketSize) -> datetime:
    """Where a bar belongs."""
    if bucket.value < DAY:
        return floor(bar.time, bucket)
    return floor(datetime.combine(session_day(bar), time(), UTC), bucket)


def candles_of(stored: list[PriceRecord], bucket: BucketSize, during: Window | None) -> list[CandleRow]:
    """Make candles by brute force."""
    made: defaultdict[int, defaultdict[datetime, list[PriceRecord]]] = defaultdict(lambda: defaultdict(list))
    for bar in stored:
        start = bucket_of(bar, bucket)
        if bucket.value % bar.width == 0 and (during is None or during.start <= start < during.end):
            made[bar.width][start].append(bar)
    if not made:
        return []
    candles = []
    for start, parts in sorted(made[max(made)].items()):
        ordered = sorted(parts, key=lambda bar: bar.time)
        candles.append(
            CandleRow(
                start,
                ordered[0].open,
                max(bar.high for bar in parts),
                min(bar.low for bar in parts),
                ordered[-1].close,
                sum(bar.volume for bar in parts),
            )
        )
    return candles


async def stored(database: Database, given_bars: list[PriceRecord]) -> dict[str, list[PriceRecord]]:
    """Empty the table, write bars, and return what should be there; the later of two alike holds."""
    async with database.lease(Deadline.after(10)) as connection:
        await connection.execute("DELETE FROM stock_prices")
    await write_stocks(
        database, [StockRow(symbol, symbol, None, None, None, None, simulated=False) for symbol in ("AAPL", "MSFT")]
    )
    await write_prices(database, given_bars)
    found: defaultdict[str, list[PriceRecord]] = defaultdict(list)
    for bar in {(bar.symbol, bar.width, bar.time): bar for bar in given_bars}.values():
        found[bar.symbol].append(bar)
    return found


@given(
    given_bars=st.lists(bars, max_size=60),
    bucket=st.sampled_from(BucketSize),
    during=st.one_of(st.none(), windows),
    limit=st.integers(1, 8),
    backward=st.booleans(),
)
@examples
async def test_candles_equal_brute_force(
    database: Database,
    given_bars: list[PriceRecord],
    bucket: BucketSize,
    during: Window | None,
    limit: int,
    backward: bool,  # noqa: FBT001 - Hypothesis passes by name
) -> None:
    """One width per symbol, buckets whole, sessions by New York's clock, pages complete either way, counts equal."""
    by_symbol = await stored(database, given_bars)
    session = Session(database, Deadline.after(60))
    counts = await prices.candle_counts(session, ["AAPL", "MSFT"], bucket, during)
    newest = await prices.series(session, ["AAPL", "MSFT"], bucket, during, limit)
    for symbol in ("AAPL", "MSFT"):
        expected = candles_of(by_symbol[symbol], bucket, during)
        assert counts.get(symbol, 0) == len(expected)
        assert newest.get(symbol, []) == expected[-limit:]
        rows: list[CandleRow] = []
        request = PageRequest(limit, None, backward)
        while page := (await prices.candles(session, [symbol], bucket, during, request)).get(symbol):
            rows = page.rows + rows if backward else rows + page.rows
            if not (page.has_previous if backward else page.has_next):
                break
            request = PageRequest(limit, (page.rows[0].time if backward else page.rows[-1].time,), backward)
        assert rows == expected


async def test_bars_that_start_anywhere_still_make_whole_candles(database: Database) -> None:
    """Two sources' hours, from :00 and from :30, and weeks of two days: twice the usual bars in every bucket."""
    hours = [_bar("AAPL", 3_600, hour * 3_600, 10 + hour, 5) for hour in range(40)]
    halves = [replace(bar, time=bar.time + timedelta(minutes=minute), volume=7) for bar in hours for minute in (20, 30)]
    weeks = [_bar("AAPL", 7 * DAY, day * DAY, 50 + day, 3) for day in range(0, 140, 3)]
    by_symbol = await stored(database, hours + halves + weeks)
    session = Session(database, Deadline.after(60))
    for bucket in (BucketSize.HOUR, BucketSize.WEEK):
        expected = candles_of(by_symbol["AAPL"], bucket, None)
        for limit, backward in ((3, False), (3, True), (17, False), (17, True)):
            page = (await prices.candles(session, ["AAPL"], bucket, None, PageRequest(limit, None, backward)))["AAPL"]
            assert page.rows == (expected[-limit:] if backward else expected[:limit])
            assert (page.has_previous if backward else page.has_next) is (len(expected) > limit)


@given(given_bars=st.lists(bars, max_size=40))
@examples
async def test_quotes_equal_brute_force(database: Database, given_bars: list[PriceRecord]) -> None:
    """The newest bar, and the close of the last bar of the latest session before its own."""
    by_symbol = await stored(database, given_bars)
    found = await prices.quotes(Session(database, Deadline.after(60)), ["AAPL", "MSFT"])
    assert set(found) == set(by_symbol)
    for symbol, quote in found.items():
        newest = max(by_symbol[symbol], key=lambda bar: (bar.time, -bar.width))
        earlier = [bar for bar in by_symbol[symbol] if session_day(bar) < session_day(newest)]
        last = max(earlier, key=lambda bar: (session_day(bar), bar.time, -bar.width), default=None)
        assert (quote.price, quote.volume, quote.at) == (newest.close, newest.volume, newest.time)
        assert quote.previous_close == (last and last.close)
