"""The figures of an analysis, beside what can be counted by hand."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import pytest

from ops.log_analysis import BadMoment, Window, analyze, moment
from ops.log_analysis.figures import CacheLevel
from tests.ops.log_analysis.lines import NOW, analyzed, files, line, operation


def test_operations_have_exact_percentiles_by_name_and_kind(tmp_path: Path) -> None:
    """Interpolated between neighbours, as Python's `quantiles` has them."""
    times = [float(number**2 % 997) for number in range(500)]
    lines = [operation(milliseconds=each, kept=True) for each in times]
    lines += [operation(name="Other", status=400, kind="refused"), operation(name="Other", codes=["INTERNAL"])]
    found = analyzed(tmp_path, *lines).operations
    cuts = quantiles(times, n=100, method="inclusive")
    page, *others = found.rows
    assert (page.p50, page.p95, page.p99) == pytest.approx((cuts[49], cuts[94], cuts[98]))
    assert (page.name, page.kind, page.count, page.failed, page.kept) == ("Page", "query", 500, 0, 500)
    assert page.longest == max(times)
    assert [(each.name, each.kind, each.failed) for each in others] == [("Other", "query", 1), ("Other", "refused", 1)]


def test_errors_are_told_by_type_component_and_level(tmp_path: Path) -> None:
    """Codes of operations, warnings and errors by the module, and calls of other people's APIs."""
    found = analyzed(
        tmp_path,
        operation(50, id="r-old", codes=["UNAVAILABLE", "BAD_ARGUMENT"]),
        operation(10, id="r-new", codes=["UNAVAILABLE"]),
        line(5, event="internal_error", level="error", logger="graph.masking", request_id="r-5"),
        line(5, event="cache_work_failed", level="warning", logger="storage.cache.background"),
        line(5, event="database_unavailable", level="warning", logger="storage.translation"),
        line(5, event="cache_breaker_opened", level="warning", logger="storage.breaker"),
        line(5, event="database_breaker_opened", level="warning", logger="storage.breaker"),
        line(5, event="dead_letter", level="warning", logger="storage.dead_letters"),
        line(5, event="look: here", level="error", logger="uvicorn.error"),
        line(5, event="external_call", api="reddit", status=429, milliseconds=5.0, logger="ingest.sources.calls"),
        line(5, event="external_call", api="reddit", failure="timeout", milliseconds=5.0),
        line(5, event="external_call", api="reddit", status=200, milliseconds=5.0),
        line(5, event="opened"),
    ).errors
    assert found.rows[0].count == 2
    assert found.rows[0].first == NOW - timedelta(seconds=50)
    assert found.rows[0].example == "r-new"
    assert {(each.type, each.component, each.level): each.example for each in found.rows} == {
        ("UNAVAILABLE", "database", None): "r-new",
        ("BAD_ARGUMENT", "client", None): "r-old",
        ("internal_error", "graph", "error"): "r-5",
        ("cache_work_failed", "cache", "warning"): None,
        ("database_unavailable", "database", "warning"): None,
        ("cache_breaker_opened", "cache", "warning"): None,
        ("database_breaker_opened", "database", "warning"): None,
        ("dead_letter", "intake", "warning"): None,
        ("look: here", "library", "error"): None,
        ("reddit 429", "external", None): None,
        ("reddit timeout", "external", None): None,
    }


def test_slow_statements_phases_caches_and_apis(tmp_path: Path) -> None:
    """Each from its own fields."""
    slow = [{"name": "bars", "milliseconds": 400.0}, {"name": "quotes", "milliseconds": 500.0}]
    found = analyzed(
        tmp_path,
        operation(slow=slow, phases={"parse": 1.0, "execute": 9.0}, memory_hits=6, redis_hits=3, misses=1),
        operation(slow=slow[:1], phases={"execute": 11.0}),
        operation(kept=True),
        operation(kind="mutation"),
        *(line(api="x", event="external_call", status=200, milliseconds=float(each)) for each in range(101)),
        line(api="x", event="external_call", status=503, milliseconds=50.0),
        line(api="x", event="external_call", failure="timeout", milliseconds=50.0),
    )
    assert [(each.name, each.count, each.longest) for each in found.slow_statements.rows] == [
        ("bars", 2, 400.0),
        ("quotes", 1, 500.0),
    ]
    assert [(each.name, each.count, each.p50, each.total) for each in found.phases] == [
        ("parse", 1, 1.0, 1.0),
        ("execute", 2, 10.0, 20.0),
    ]
    assert found.caches == (
        CacheLevel("responses", 3, 1, 1 / 3),
        CacheLevel("memory", 10, 6, 0.6),
        CacheLevel("redis", 4, 3, 0.75),
    )
    [api] = found.external_apis.rows
    assert (api.calls, api.errors, api.reasons) == (103, 2, {"503": 1, "timeout": 1})
    assert (api.p50, api.p85) == pytest.approx((50.0, 85.0), abs=1)


def test_lists_are_bounded_and_say_how_many_there_are(tmp_path: Path) -> None:
    """Names of clients may be without number."""
    lines = [operation(name=f"Op{number}", codes=[f"C{number}"]) for number in range(50)]
    found = analyzed(tmp_path, *lines, top=7)
    assert (len(found.operations.rows), found.operations.are) == (7, 50)
    assert (len(found.errors.rows), found.errors.are) == (7, 50)


def test_a_window_leaves_out_what_lies_beyond_it(tmp_path: Path) -> None:
    """From `since` on, before `until`; a time that is yet to come is told of by itself."""
    [name] = files(tmp_path, [b"".join(operation(ago) for ago in (-3_600, -60, 0, 59, 60, 61, 86_400))])
    minute = analyze([name], Window(NOW, NOW - timedelta(seconds=60), NOW)).read
    assert (minute.within, minute.outside, minute.future) == (2, 4, 1)
    assert (minute.first, minute.newest) == (NOW - timedelta(days=1), NOW + timedelta(seconds=60))
    late = analyze([name], Window(NOW, NOW + timedelta(seconds=-0.5))).read
    assert late.within == 2


@pytest.mark.parametrize(
    ("written", "within"),
    [
        ("2025-11-23T13:30:00", True),
        ("2025-11-23T15:30:00+02:00", True),
        ("2025-11-23T08:00:00.5-05:30", True),
        ("2025-11-23T13:30:00+02:00", False),
        ("2025-11-23T13:30:00-00:45", False),
    ],
)
def test_a_time_counts_in_the_zone_that_it_names(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, within: bool
) -> None:
    """And without a zone in UTC, wherever the one who asks sits."""
    monkeypatch.setenv("TZ", "America/New_York")
    read = analyzed(tmp_path, operation(timestamp=written), since=timedelta(hours=1)).read
    assert (read.within, read.foreign) == (int(within), 0)
    assert read.within + read.outside + read.future == 1


def test_several_processes_and_rotated_files_are_one_log(tmp_path: Path) -> None:
    """Plain and compressed, by names and patterns."""
    (tmp_path / "a.log").write_bytes(operation() * 3)
    (tmp_path / "a.log.1").write_bytes(operation() * 4)
    (tmp_path / "a.log.2.gz").write_bytes(gzip.compress(operation() * 5))
    (tmp_path / "b.log").write_bytes(operation() * 6 + operation().rstrip(b"\n"))
    read = analyze([str(tmp_path / "a.log*"), str(tmp_path / "b.log")], Window(NOW)).read
    assert (read.files, read.lines, read.within) == (4, 19, 19)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("30m", NOW - timedelta(minutes=30)),
        ("1h", NOW - timedelta(hours=1)),
        ("2d", NOW - timedelta(days=2)),
        ("1w", NOW - timedelta(weeks=1)),
        ("2025-11-23", datetime(2025, 11, 23, tzinfo=UTC)),
        ("2025-11-23T14:00+02:00", datetime(2025, 11, 23, 12, tzinfo=UTC)),
        ("2025-11-23T14:00:00.5Z", datetime(2025, 11, 23, 14, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_moments_are_lengths_before_now_or_instants(text: str, instant: datetime) -> None:
    """UTC unless they say otherwise."""
    assert moment(text, NOW) == instant


@pytest.mark.parametrize("text", ["", "1", "h", "1y", "-1h", "1.5h", "yesterday", "999999999w", "2026-13-01", "٣h"])
def test_what_is_no_moment_is_refused_with_what_would_be(text: str) -> None:
    """Never guessed."""
    with pytest.raises(BadMoment, match="30m, 1h or 2d"):
        moment(text, NOW)


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    """Also one that would begin now."""
    with pytest.raises(BadMoment, match="not before now"):
        Window(NOW, NOW)
    with pytest.raises(BadMoment, match="not before --until"):
        Window(NOW, NOW - timedelta(hours=1), NOW - timedelta(hours=2))
