"""Histograms of our own count as Prometheus' own do, whatever comes."""

from bisect import bisect_left
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram

from ops.metrics.distribution import Distribution

EDGES = (0.001, 0.005, 0.3, 1.5)
seconds = st.one_of(st.floats(0, 10), st.sampled_from(EDGES))


@given(st.lists(seconds, max_size=50))
def test_it_counts_as_the_library_does(values: list[float]) -> None:
    """Every bucket, the count and the sum are those of prometheus_client, edges included in the bucket below."""
    registry = CollectorRegistry()
    theirs = Histogram("seconds", "Seconds", registry=registry, buckets=EDGES)
    ours = Distribution(EDGES)
    for value in values:
        theirs.observe(value)
        ours.observe(value)
    told = [registry.get_sample_value("seconds_bucket", {"le": f"{edge}"}) for edge in EDGES]
    assert list(accumulate(ours.counts))[:-1] == told
    assert ours.count == registry.get_sample_value("seconds_count")
    assert ours.total == registry.get_sample_value("seconds_sum")


@given(st.lists(st.tuples(seconds, st.integers(1, 2**128 - 1)), max_size=30))
def test_each_bucket_names_the_last_trace_of_its_own(values: list[tuple[float, int]]) -> None:
    """An exemplar lies in the bucket that it stands for, and is the newest of them; there is one for each at most."""
    ours = Distribution(EDGES)
    for value, trace_id in values:
        ours.observe_traced(value, trace_id)
    assert ours.count == len(values)
    newest = {bisect_left(EDGES, value): (trace_id, value) for value, trace_id in values}
    assert {place: (one.trace_id, one.value) for place, one in ours.traced.items()} == newest
