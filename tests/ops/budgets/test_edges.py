"""Edges of buckets, and what is read off a histogram that has them."""

from bisect import bisect_left
from math import ceil

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ops.budgets import buckets
from ops.budgets.edges import quantile, within

SECONDS = st.floats(min_value=1e-5, max_value=1e4, allow_nan=False)


@given(st.lists(SECONDS, max_size=30))
@example([2.0**-14])  # which has more places than a nanosecond
@example([1.2, 1.2000000000000002])
def test_objectives_are_edges_whatever_they_are(objectives: list[float]) -> None:
    """None is left out or moved, edges ascend and are distinct, and the ladder bounds their number."""
    edges = buckets(objectives)
    assert all(within(edges, seconds) for seconds in objectives)
    assert list(edges) == sorted(set(edges))
    assert len(edges) <= len(set(objectives)) + 16


def test_the_ladder_keeps_away_from_objectives() -> None:
    """A step that nearly is an objective is left out; the others stand."""
    assert buckets([0.3, 0.8], least=0.1, greatest=2.0) == (0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 2.0)
    assert buckets([0.45], least=0.1, greatest=1.0) == (0.1, 0.2, 0.45, 1.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("inf"), float("nan")])
def test_an_objective_is_a_positive_number(seconds: float) -> None:
    """Nothing else can be an edge."""
    with pytest.raises(ValueError, match="positive"):
        buckets([seconds])


@given(st.lists(SECONDS, min_size=1, max_size=200), st.sampled_from([0.5, 0.85, 0.9, 0.99]))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(values: list[float], share: float) -> None:
    """Interpolation cannot leave the bucket; beyond the last edge, the last edge is what can be said."""
    edges = buckets([0.3, 0.8])
    counts = [0.0] * (len(edges) + 1)
    for value in values:
        counts[bisect_left(edges, value)] += 1
    found = quantile(edges, tuple(counts), share)
    assert found is not None
    true = sorted(values)[ceil(round(share * len(values), 9)) - 1]
    place = bisect_left(edges, true)
    lower, upper = ((0.0, *edges)[place], edges[place]) if place < len(edges) else (edges[-1], edges[-1])
    assert lower <= found <= upper * (1 + 1e-12)


def test_quantiles_are_interpolated_as_prometheus_does() -> None:
    """Evenly within a bucket, from 0 in the first; none without observations."""
    assert quantile((1.0, 2.0), (10, 0, 0), 0.5) == 0.5
    assert quantile((1.0, 2.0), (0, 10, 0), 0.9) == pytest.approx(1.9)
    assert quantile((1.0, 2.0), (0, 1, 9), 0.9) == 2.0
    assert quantile((1.0, 2.0), (0, 0, 0), 0.9) is None
