"""The judgement of an objective, by single times and by a histogram's buckets."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.budgets import Objective
from ops.load.check import judge_gained
from ops.load.judging import all_held, judge_counted, judge_seen, least_samples
from ops.load.scrape import ScrapeError, Times, gained, read_scrape, together

P90 = Objective("operations", 0.3, 0.9)
TEXT = """# TYPE database_statement_duration_seconds histogram
database_statement_duration_seconds_bucket{{statement="a",le="0.1"}} {0}
database_statement_duration_seconds_bucket{{statement="a",le="0.3"}} {1}
database_statement_duration_seconds_bucket{{statement="a",le="1.0"}} {2}
database_statement_duration_seconds_bucket{{statement="a",le="+Inf"}} {3}
# TYPE process_start_time_seconds gauge
process_start_time_seconds {4}
"""
METRIC = "database_statement_duration_seconds"


@pytest.mark.parametrize(("share", "least"), [(0.9, 50), (0.85, 34), (0.5, 10), (0.99, 500)])
def test_as_many_samples_as_the_percentile_needs(share: float, least: int) -> None:
    """Five are expected beyond it; with one less there is no verdict."""
    objective = Objective("operations", 1.0, share)
    assert least_samples(objective) == least
    assert judge_seen(objective, [0.5] * least).held is True
    assert judge_seen(objective, [0.5] * (least - 1)).held is None


@pytest.mark.parametrize(("beyond", "held"), [(0, True), (10, True), (11, False), (100, False)])
def test_it_holds_while_no_more_than_a_tenth_is_beyond(beyond: int, held: bool) -> None:  # noqa: FBT001  a parameter set
    """A tenth may take longer; what takes exactly the objective's time is within it."""
    verdict = judge_seen(P90, [0.3] * (100 - beyond) + [0.31] * beyond)
    assert verdict.held is held
    assert verdict.measured == (0.3 if held else 0.31)
    assert verdict.share == 1 - beyond / 100


def test_what_failed_is_within_nothing() -> None:
    """A failure may have been quick; it counts as what never came back."""
    verdict = judge_seen(P90, [0.1] * 89 + [inf] * 11)
    assert (verdict.held, verdict.measured, verdict.share) == (False, None, 0.89)


@given(st.lists(st.sampled_from([0.05, 0.2, 0.3, 0.7, 2.0]), min_size=50, max_size=300))
def test_counted_and_seen_agree_where_the_objective_is_an_edge(seconds: list[float]) -> None:
    """Buckets whose edge is the objective lose nothing that a verdict needs."""
    edges = (0.1, 0.3, 1.0)
    bounds = (0.0, *edges, inf)
    counts = tuple(float(sum(lower < one <= upper for one in seconds)) for lower, upper in pairwise(bounds))
    counted, seen = judge_counted(P90, Times(edges, counts)), judge_seen(P90, seconds)
    assert (counted.held, counted.share, counted.samples) == (seen.held, seen.share, seen.samples)
    assert counted.counted


def test_between_edges_the_share_is_an_estimate_and_says_so() -> None:
    """Half a bucket's width takes half its observations."""
    verdict = judge_counted(Objective("statements", 0.2, 0.9), Times((0.1, 0.3), (40.0, 20.0, 40.0)))
    assert verdict.share == pytest.approx(0.5)
    assert not verdict.counted


def test_no_samples_are_no_verdict() -> None:
    """Nothing was asked: nothing is said."""
    for verdict in (judge_counted(P90, None), judge_seen(P90, [])):
        assert (verdict.held, verdict.samples, verdict.share) == (None, 0, None)


def test_a_check_holds_when_all_that_was_judged_does() -> None:
    """Operations as a whole must have been judged; `strict` wants the same of every objective."""
    yes, no, few = (judge_seen(P90, [one] * number) for one, number in ((0.1, 60), (0.9, 60), (0.1, 6)))
    assert all_held([yes, yes], strict=True)
    assert not all_held([yes, no], strict=False)
    assert all_held([yes, few], strict=False)
    assert not all_held([yes, few], strict=True)
    assert not all_held([few, yes], strict=False)
    assert not all_held([], strict=False)


def test_what_histograms_gained_is_what_is_judged() -> None:
    """Buckets alone, from two cumulative looks; a series that gained nothing is left out."""
    before, after = read_scrape(TEXT.format(1, 2, 3, 4, 7)), read_scrape(TEXT.format(1, 5, 9, 10, 7))
    assert list(gained(before, after, METRIC)) == [({"statement": "a"}, Times((0.1, 0.3, 1.0), (0.0, 3.0, 3.0, 0.0)))]
    assert list(gained(after, after, METRIC)) == []
    assert list(gained(before, after, "none")) == []
    (first,) = gained(read_scrape("process_start_time_seconds 7\n"), after, METRIC)
    assert first[1].samples == 10


def test_looks_at_different_processes_do_not_pass_for_one() -> None:
    """Behind a balancer, or after a start anew, a difference means nothing."""
    before, after = read_scrape(TEXT.format(1, 2, 3, 4, 7)), read_scrape(TEXT.format(1, 5, 9, 10, 8))
    with pytest.raises(ScrapeError, match="different processes"):
        list(gained(before, after, METRIC))
    fewer = read_scrape(TEXT.format(0, 1, 1, 1, 7))
    with pytest.raises(ScrapeError, match="backwards"):
        list(gained(before, fewer, METRIC))
    with pytest.raises(ScrapeError, match="no metrics"):
        read_scrape("<html>{</html>")


def test_series_are_judged_together_when_their_buckets_are_alike() -> None:
    """Statements of all names are one objective."""
    assert together([]) is None
    assert together([Times((1.0,), (1.0, 2.0)), Times((1.0,), (3.0, 4.0))]) == Times((1.0,), (4.0, 6.0))
    with pytest.raises(ScrapeError, match="different buckets"):
        together([Times((1.0,), (1.0, 2.0)), Times((2.0,), (3.0, 4.0))])


def test_statements_are_those_of_processes_that_answered() -> None:
    """A worker whose metrics are named for its external calls writes in bulk, and nobody waits for that."""
    statements, calls = Objective("statements", 0.3, 0.9), Objective("external_calls", 0.3, 0.9)
    server = [read_scrape(_exposition("database_statement", n) + _exposition("graphql_operation", n)) for n in (0, 60)]
    slow = [_exposition("database_statement", 0, n) + _exposition("external_api_request", n, 0) for n in (0, 70)]
    worker = [read_scrape(text + _exposition("graphql_operation", 0)) for text in slow]
    looks = [(server[0], server[1]), (worker[0], worker[1])]
    judged, called = judge_gained(statements, looks), judge_gained(calls, looks)
    assert (judged.samples, judged.held) == (60, True)
    assert (called.samples, called.held) == (70, True)


def _exposition(of: str, within: int, beyond: int = 0) -> str:
    """Return a histogram of which so many are within the objective, and so many beyond."""
    name = f"{of}_duration_seconds"
    return (
        f'# TYPE {name} histogram\n{name}_bucket{{le="0.3"}} {within}\n{name}_bucket{{le="+Inf"}} {within + beyond}\n'
    )
