"""The simulated market: the same whoever asks and from wherever, continuous, sane, and lively."""

import math
import statistics
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.demo.bars import BarMaker, activity
from ingest.demo.crowd import POSTS_PER_PERIOD, POSTS_PERIOD_HOURS, Crowd, posts_until
from ingest.demo.market import Market, character_of, hour_of, hour_start
from ingest.demo.noise import normals, uniforms
from ingest.demo.popularity import popularity

SYMBOLS = ["NVDA", "TSLA", "AAA", "BBB", "BRK.B"]
START = hour_of(datetime(2026, 3, 3, 7, tzinfo=UTC))


def test_numbers_depend_on_their_key_alone() -> None:
    """A key's stream is the same in any order and length, and known: a changed stream would tear old data from new."""
    assert uniforms("a", 3) == uniforms("a", 9)[:3]
    assert uniforms("a", 3) != uniforms("b", 3)
    published = bytes.fromhex("7f9c2ba4e88f827d")  # SHAKE128 of nothing, from NIST's examples
    expected = [(int.from_bytes(part, "little") + 0.5) / 2**32 for part in (published[:4], published[4:])]
    assert uniforms("", 2) == expected
    many = normals("many", 20_000)
    assert statistics.mean(many) == pytest.approx(0, abs=0.03)
    assert statistics.stdev(many) == pytest.approx(1, abs=0.03)


@given(st.integers(0, 600), st.integers(1, 400))
def test_a_bar_is_the_same_in_any_stretch(offset: int, length: int) -> None:
    """However the hours are cut, each gives the same bar."""
    whole = {bar.time: bar for bar in BarMaker(Market(SYMBOLS)).bars("TSLA", START, START + 1_000)}
    part = list(BarMaker(Market(SYMBOLS)).bars("TSLA", START + offset, START + offset + length))
    assert len(part) == length
    assert all(whole[bar.time] == bar for bar in part)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_bars_join_and_keep_their_bounds(symbol: str) -> None:
    """Each bar opens where the last closed, low and high enclose it, prices are whole cents, and return to a level."""
    bars = list(BarMaker(Market(SYMBOLS)).bars(symbol, START, START + 20 * 7 * 24))
    assert all(later.open == earlier.close for earlier, later in pairwise(bars))
    assert all(later.time - earlier.time == timedelta(hours=1) for earlier, later in pairwise(bars))
    assert all(0 < bar.low <= min(bar.open, bar.close) for bar in bars)
    assert all(bar.high >= max(bar.open, bar.close) and bar.volume > 0 for bar in bars)
    assert all(round(price, 2) == price for bar in bars for price in (bar.open, bar.high, bar.low, bar.close))
    level = character_of(symbol).level
    assert all(level / 3 < bar.close < level * 3 for bar in bars)


def test_moves_have_the_size_that_belongs_to_the_symbol() -> None:
    """Daily log returns spread about as the symbol's character says."""
    market = Market(SYMBOLS)
    for symbol in SYMBOLS:
        moves = [market.day_move(symbol, START // 24 + day) for day in range(300)]
        assert 0.6 < statistics.stdev(moves) < 2.0


def test_volume_follows_day_and_week() -> None:
    """Working hours are busier than nights, workdays busier than weekends."""
    monday = hour_of(datetime(2026, 3, 2, tzinfo=UTC))
    assert activity(monday + 17) > 3 * activity(monday + 3)
    assert activity(monday + 5 * 24 + 17) < activity(monday + 4 * 24 + 17)


@given(st.integers(400_000, 600_000))
def test_any_period_holds_the_same_number_of_posts(hour: int) -> None:
    """65 days from any hour on hold 100,000 posts."""
    assert posts_until(hour + POSTS_PERIOD_HOURS) - posts_until(hour) == POSTS_PER_PERIOD


def test_posts_of_an_hour_are_the_same_for_every_asker_and_in_order() -> None:
    """A crowd that was asked before tells the same as a new one; times ascend within the hour."""
    asked = Crowd(Market(SYMBOLS))
    for hour in range(START - 30, START):
        list(asked.hour(hour))
    sketches = list(asked.hour(START))
    assert sketches == list(Crowd(Market(SYMBOLS)).hour(START))
    assert len(sketches) == posts_until(START + 1) - posts_until(START)
    assert [each.posted_at for each in sketches] == sorted(each.posted_at for each in sketches)
    assert all(hour_start(START) <= each.posted_at < hour_start(START + 1) for each in sketches)


def test_favourites_come_first_and_moves_draw_posts_and_mood() -> None:
    """Popularity falls by Zipf's law; days of large moves draw more posts; mood follows the move."""
    fame = popularity([*SYMBOLS, *(f"X{n}" for n in range(50))])
    assert fame["NVDA"] == 1.0 > fame["TSLA"] > max(fame[f"X{n}"] for n in range(50))
    market = Market(SYMBOLS)
    crowd = Crowd(market)
    days = range(START // 24, START // 24 + 60)
    counts, moods = [], []
    for day in days:
        mine = [each for hour in range(24) for each in crowd.hour(day * 24 + hour) if each.symbols[0] == "TSLA"]
        counts.append(len(mine))
        moods.append(statistics.mean(each.mood for each in mine))
    moves = [market.day_move("TSLA", day) for day in days]
    assert statistics.correlation(counts, [abs(move) for move in moves]) > 0.4
    assert statistics.correlation(moods, moves) > 0.5
    assert not any(math.isnan(mood) for mood in moods)
