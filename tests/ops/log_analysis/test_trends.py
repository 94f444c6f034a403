"""What is told to rise: by an exact test, among many, and not for a handful of errors."""

from datetime import timedelta
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.log_analysis.trends import Counted, binomial_tail, rising
from tests.ops.log_analysis.lines import analyzed, line, operation

HOUR = 3_600.0


def equal(before: int, now: int) -> Counted:
    """Return counts of two hours in which as much ran."""
    return Counted(before, now, HOUR, HOUR)


@given(of=st.integers(0, 80), least=st.integers(0, 90), share=st.integers(1, 99))
def test_the_tail_of_the_binomial_is_the_sum_of_its_terms(of: int, least: int, share: int) -> None:
    """Beside exact fractions."""
    q = Fraction(share, 100)
    exact = sum((comb(of, k) * q**k * (1 - q) ** (of - k) for k in range(least, of + 1)), Fraction(0))
    assert binomial_tail(least, of, share / 100) == pytest.approx(float(exact), rel=1e-9, abs=1e-15)


def test_large_counts_neither_overflow_nor_take_long() -> None:
    """A million errors of a type are a matter of microseconds."""
    assert binomial_tail(1_000_000, 1_000_100, 0.5) == 0.0
    assert binomial_tail(500_000, 1_000_000, 0.5) == pytest.approx(0.5, abs=1e-3)
    assert binomial_tail(10, 1_000_000, 0.5) == pytest.approx(1.0)


def test_the_test_agrees_with_a_published_example() -> None:
    """5 events now and 0 before, exposed alike, are a chance of 1 in 32 on one side."""
    assert binomial_tail(5, 5, 0.5) == pytest.approx(1 / 32)


def test_what_rises_is_named_with_what_it_rose_by() -> None:
    """New ones have no growth; those in least doubt come first."""
    found = rising({("A", "database"): equal(20, 90), ("B", "graph"): equal(0, 40), ("C", "client"): equal(50, 52)})
    assert [(each.type, each.growth) for each in found] == [("B", None), ("A", 4.5)]
    assert found[0].p < found[1].p < 0.01


@pytest.mark.parametrize("counts", [equal(0, 9), equal(4, 9), equal(90, 20), equal(1_000_000, 1_400_000), equal(0, 0)])
def test_what_is_rare_or_sinks_or_hardly_rises_is_not_named(counts: Counted) -> None:
    """Nine errors are no trend, and 40 percent more of a million are certain but small."""
    assert rising({("A", "graph"): counts}) == ()


def test_twice_the_operations_with_twice_the_errors_is_no_rise() -> None:
    """Counts are out of what ran."""
    assert rising({("A", "graph"): Counted(100, 200, 10_000, 20_000)}) == ()
    assert rising({("A", "graph"): Counted(100, 200, 10_000, 10_000)}) != ()
    assert rising({("A", "graph"): Counted(100, 200, 0, 10_000)}) == ()


def test_many_types_make_each_harder_to_believe() -> None:
    """16 against 4 is named alone, and is not among a hundred types of which some are like that by chance."""
    odd = {("A", "graph"): equal(4, 16 + 1)}
    assert len(rising(odd)) == 1
    assert rising(odd | {(f"T{number}", "graph"): equal(10, 10) for number in range(99)}) == ()


def test_the_last_hour_is_compared_with_the_hour_before_it(tmp_path: Path) -> None:
    """Whatever `since` says; errors of operations are out of operations, warnings out of time."""
    lines = [
        operation(ago, codes=["UNAVAILABLE"] if ago < 1_200 or ago > 7_100 else []) for ago in range(15, 7_200, 30)
    ]
    lines += [line(ago, event="redis_unavailable", level="warning", logger="storage.redis") for ago in range(1, 51)]
    for since in (None, timedelta(minutes=30)):
        trends = analyzed(tmp_path, *lines, since=since).trends
        assert trends is not None
        assert trends.rising is not None
        assert [(each.type, each.component, each.before, each.now) for each in trends.rising] == [
            ("redis_unavailable", "cache", 0, 50),
            ("UNAVAILABLE", "database", 3, 40),
        ]


def test_without_an_hour_before_nothing_is_said(tmp_path: Path) -> None:
    """Lines that begin ten minutes before the last hour are too few; half an hour is half the exposure."""
    errors = [line(ago, event="odd", level="error", logger="graph.app") for ago in range(0, 4_200, 30)]
    trends = analyzed(tmp_path, *errors).trends
    assert trends is not None
    assert trends.rising is None
    assert trends.seconds_before == pytest.approx(570, abs=1)
    half = [line(ago, event="odd", level="error", logger="graph.app") for ago in range(0, 5_400, 30)]
    trends = analyzed(tmp_path, *half).trends
    assert trends is not None
    assert trends.rising == ()
