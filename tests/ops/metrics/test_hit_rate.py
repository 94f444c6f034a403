"""The share of hits over the last minute."""

import math

from hypothesis import given
from hypothesis import strategies as st

from ops.metrics.hit_rate import BEFORE, WINDOW, HitRate


class Counters:
    """Counters and a clock that are moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.hits = 0
        self.asked = 0
        self.rate = HitRate(lambda: (self.hits, self.asked), lambda: self.now)

    def pass_on(self, seconds: float, hits: int, misses: int) -> float:
        """Let time pass and look-ups happen; return the share then."""
        self.now += seconds
        self.hits += hits
        self.asked += hits + misses
        return self.rate.percent()


def test_it_is_about_the_last_minute() -> None:
    """What is older than the window counts no more, however good it was."""
    counters = Counters()
    assert counters.pass_on(15, 90, 10) == 90
    for _ in range(10):
        counters.pass_on(15, 0, 10)
    assert counters.pass_on(15, 10, 10) == 100 * 10 / 50


def test_a_quiet_minute_keeps_the_last_share() -> None:
    """Nothing asked is no share of zero: the last one stands, and 100 before there was any."""
    counters = Counters()
    assert counters.pass_on(1, 0, 0) == BEFORE
    assert counters.pass_on(15, 1, 3) == 25
    for _ in range(20):
        assert counters.pass_on(15, 0, 0) == 25
    assert counters.pass_on(15, 1, 0) == 100


def test_one_that_scrapes_seldom_sees_what_was_since() -> None:
    """Where the looks are further apart than the window, it is about the time between two of them."""
    counters = Counters()
    counters.pass_on(300, 10, 0)
    assert counters.pass_on(300, 5, 5) == 50


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 50), st.integers(0, 50)), max_size=200))
def test_it_is_always_a_share_and_never_remembers_more_than_a_minute(steps: list[tuple[float, int, int]]) -> None:
    """Whoever asks, however often: a number from 0 to 100, and at most a look for each second of the window."""
    counters = Counters()
    for seconds, hits, misses in steps:
        share = counters.pass_on(seconds, hits, misses)
        assert math.isfinite(share)
        assert 0 <= share <= 100
    assert len(counters.rate._looks) <= WINDOW + 2
