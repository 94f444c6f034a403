"""The running market: the same second for whoever plays it, within the bars that history gets, beside top-ups."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.demo.bars import BarMaker
from ingest.demo.crowd import LIVE_PER_MINUTE
from ingest.demo.live import CATCH_UP_SECONDS, LiveMarket, Position
from ingest.demo.market import Market
from ingest.demo.ticks import Ticks
from ingest.demo.words import ID_PREFIX, LIVE_PREFIX
from ingest.replay.line_format import encode
from ingest.replay.play import Pace, Play
from ops.settings import Settings
from storage.intake_items import CollectedBar, CollectedPost, CollectedQuote
from storage.intake_stream import IntakeStream
from storage.redis import open_redis
from tests.ingest.replays import entered, played

SYMBOLS = ["NVDA", "TSLA", "AAA", "BBB", "BRK.B"]
BEGIN = int(datetime(2026, 3, 13, 14, 10, tzinfo=UTC).timestamp())
HOUR = BEGIN // 3_600
symbols, hours = st.sampled_from(SYMBOLS), st.integers(HOUR - 5_000, HOUR + 5_000)


def market(clock: float = BEGIN, names: list[str] = SYMBOLS) -> LiveMarket:
    """A running market whose stocks are all simulated."""
    found = LiveMarket(names, lambda: clock)
    found.follow(frozenset(names), int(clock) // 3_600)
    return found


@given(symbols, hours)
def test_the_path_is_that_of_the_bar(symbol: str, hour: int) -> None:
    """It opens, reaches its high and low, and closes as the bar says; neighbouring hours join."""
    (bar,) = BarMaker(Market(SYMBOLS)).bars(symbol, hour, hour + 1)
    ticks = Ticks(Market(SYMBOLS))
    prices = [ticks.price(symbol, hour * 3_600 + second) for second in range(0, 3_601, 10)]
    assert prices[0] == bar.open
    assert bar.low <= min(prices) <= max(prices) <= bar.high
    assert max(prices) == bar.high or max(prices) == max(bar.open, bar.close)
    assert min(prices) == bar.low or min(prices) == min(bar.open, bar.close)
    assert prices[-1] == bar.close
    assert all(round(price, 2) == price for price in prices)


@given(symbols, hours, st.lists(st.integers(0, 3_599), min_size=2, max_size=6).map(sorted))
def test_a_growing_bar_grows_into_the_whole_one(symbol: str, hour: int, seconds: list[int]) -> None:
    """Its range widens, its volume rises, it ends at the price of the moment, and it never leaves the whole bar."""
    (whole,) = BarMaker(Market(SYMBOLS)).bars(symbol, hour, hour + 1)
    ticks = Ticks(Market(SYMBOLS))
    before = None
    for second in seconds:
        bar = ticks.growing(symbol, hour * 3_600 + second)
        assert (bar.time, bar.open, bar.close) == (whole.time, whole.open, ticks.price(symbol, hour * 3_600 + second))
        assert whole.low <= bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high <= whole.high
        assert 0 <= bar.volume <= whole.volume
        assert before is None or (bar.low <= before.low and bar.high >= before.high and bar.volume >= before.volume)
        before = bar


def test_a_second_is_the_same_for_every_asker() -> None:
    """A market that was asked for other seconds before, in another order, tells the same; all of it is simulated."""
    asked, fresh = market(), market()
    seconds = range(BEGIN, BEGIN + 1_200)
    backwards = {second: asked.items(second) for second in reversed(seconds)}
    items = [item for second in seconds for item in fresh.items(second)]
    assert items == [item for second in seconds for item in backwards[second]]
    quotes = [item for item in items if isinstance(item, CollectedQuote)]
    posts = [item for item in items if isinstance(item, CollectedPost)]
    bars = [item for item in items if isinstance(item, CollectedBar)]
    assert {quote.symbol for quote in quotes} == {bar.symbol for bar in bars} == set(SYMBOLS)
    assert 0.7 * 20 * LIVE_PER_MINUTE < len(posts) < 1.3 * 20 * LIVE_PER_MINUTE
    assert [post.external_id for post in posts] == sorted({post.external_id for post in posts})
    assert all(post.external_id.startswith(f"{LIVE_PREFIX}2026031314-") for post in posts)
    assert all(BEGIN <= post.posted_at.timestamp() < BEGIN + 1_200 for post in posts)
    assert all(msgspec.structs.asdict(item)["simulated"] for item in items)


def test_history_and_live_posts_have_ids_apart() -> None:
    """A top-up looks for history's newest post; a live one must not be taken for it."""
    assert f"{ID_PREFIX}9999123123-9999" < LIVE_PREFIX


def test_only_simulated_stocks_move_and_bars_wait_for_the_history_before_them() -> None:
    """A stock that is really listed gets nothing, nor do the others a bar behind hours that are not loaded."""
    live = market()
    live.follow(frozenset(SYMBOLS[:2]), HOUR - 1)
    items = [item for second in range(BEGIN, BEGIN + 300) for item in live.items(second)]
    assert {item.symbol for item in items if isinstance(item, CollectedQuote)} == set(SYMBOLS[:2])
    assert not any(isinstance(item, CollectedBar) for item in items)
    assert any(isinstance(item, CollectedPost) for item in items)
    for item in items:
        assert not isinstance(item, CollectedPost) or not any(f"${name}" in item.text for name in SYMBOLS[2:])


@pytest.fixture
def intake(redis_url: str) -> Settings:
    """Settings that name the test's own Redis alone."""
    return Settings.model_validate({"redis_url": redis_url})


async def test_playing_it_live_is_playing_its_recording(intake: Settings, tmp_path: Path) -> None:
    """The seconds that a running market played, and the same seconds from a file, enter alike."""
    seconds = 90
    source, recorded = market(), market()
    lines = [
        encode(datetime.fromtimestamp(second, UTC), item)
        for second in range(BEGIN - CATCH_UP_SECONDS, BEGIN - CATCH_UP_SECONDS + seconds)
        for item in recorded.items(second)
    ]
    path = tmp_path / "recording.jsonl"
    path.write_bytes(b"".join(lines))
    await played(intake, path)
    async with open_redis(intake) as redis:
        assert redis.client is not None
        replayed = await entered(redis)
        await redis.client.flushdb()
        clock = [float(BEGIN)]
        source = LiveMarket(SYMBOLS, lambda: clock[0])
        source.follow(frozenset(SYMBOLS), HOUR)
        stop, count = asyncio.Event(), 0

        def one_second(_items: int, at: datetime) -> None:
            nonlocal count
            count += 1
            if count == seconds:
                stop.set()
            else:
                clock[0] = max(clock[0], at.timestamp() + 1)

        play = Play(IntakeStream(redis, intake), source, Pace(0), "demo", on_published=one_second)
        assert not await play.run(stop)
        assert await entered(redis) == replayed


@pytest.mark.parametrize(
    ("stored", "clock", "expected"),
    [
        (None, BEGIN, BEGIN - CATCH_UP_SECONDS),
        (BEGIN - 5, BEGIN, BEGIN - 4),
        (BEGIN - 9_000, BEGIN, BEGIN - CATCH_UP_SECONDS),
        (BEGIN + 9_000, BEGIN, BEGIN + 1),
    ],
    ids=["first", "resumed", "after a long pause", "clock went back"],
)
async def test_where_it_goes_on(stored: int | None, clock: int, expected: int) -> None:
    """Behind its checkpoint, where that is not long ago or ahead; nobody waits for yesterday's ticks."""
    ticking = iter((clock, clock + 1))
    live = LiveMarket(SYMBOLS, lambda: next(ticking))
    feed = live.after(None if stored is None else msgspec.msgpack.encode(Position(stored)))
    async with aclosing(feed) as chunks:
        assert (await anext(chunks)).end == Position(expected)
