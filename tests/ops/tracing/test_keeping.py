"""What is begun and what is kept: by the caller's decision, by the trace's id, by what came of the operation."""

from typing import Any

import pytest
from opentelemetry.sdk.trace.sampling import Decision, TraceIdRatioBased

from ops.operation_record import FieldRecord, TraceContext
from ops.tracing.begun import Tracing, TracingHooks
from ops.tracing.records import ExternalCall, Kept
from ops.tracing.trace_context import outgoing
from ops.tracing_settings import TracingSettings
from tests.ops.tracing.records import UNSAMPLED, operation

PARENT = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0"


class Keeper:
    """Tracing whose kept records stay here, and what it told of them."""

    def __init__(self, *, room: int = 1_000, **settings: Any) -> None:
        self.kept: list[Kept] = []
        self.reasons: list[str] = []
        self.dropped = 0
        hooks = TracingHooks(
            operation_seconds=lambda name: {"Watchlist": 0.4}.get(name or "", 1.5),
            field_seconds={"Stock.quote": 0.05},
            kept=self.reasons.append,
            dropped=self.drop,
        )
        self.room = room
        self.tracing = Tracing(TracingSettings(**settings), hooks, self.send)

    def send(self, kept: Kept) -> bool:
        """Take a record while there is room."""
        if len(self.kept) < self.room:
            self.kept.append(kept)
            return True
        return False

    def drop(self, traces: int) -> None:
        """Count what was not kept."""
        self.dropped += traces


def test_a_caller_decides_for_its_own() -> None:
    """Trace and parent are the caller's, the span is new; its decision holds, whatever the share here."""
    tracing = Keeper(share=0.0).tracing
    begun = tracing.begin(PARENT + b"1", b"congo=1")
    assert begun is not None
    assert (f"{begun.trace_id:032x}", f"{begun.parent_id:016x}") == (PARENT[3:35].decode(), PARENT[36:52].decode())
    assert (begun.sampled, begun.state) == (True, "congo=1")
    assert begun.span_id not in (0, begun.parent_id)
    unsampled = Keeper(share=1.0).tracing.begin(PARENT + b"0", None)
    assert unsampled is not None
    assert not unsampled.sampled


def test_callers_that_sample_everything_are_held_to_a_rate() -> None:
    """What is too much keeps its place in the caller's trace; what begins here is sampled as ever."""
    tracing = Keeper(share=1.0, callers_rate=2).tracing
    begun = [tracing.begin(PARENT + b"1") for _ in range(50)]
    assert [one.sampled for one in begun if one] == [True] * 10 + [False] * 40  # five seconds' worth at once
    assert {(one.trace_id, one.parent_id) for one in begun if one} == {
        (0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7)
    }
    ours = tracing.begin()
    assert ours is not None
    assert ours.sampled


def test_events_of_a_caller_that_samples_are_held_to_the_same_rate() -> None:
    """A subscription is one request, whose events never end; those of our own samples are all kept."""
    tracing = Keeper(share=1.0, callers_rate=2).tracing
    theirs, ours = tracing.begin(PARENT + b"1"), tracing.begin()
    events = [tracing.child(theirs) for _ in range(50)]
    assert sum(event.sampled for event in events if event) == 9
    assert all(event.sampled for event in [tracing.child(ours) for _ in range(50)] if event)


def test_a_caller_that_cannot_be_read_is_none() -> None:
    """A trace of our own begins, and the state that came along is nobody's."""
    begun = Keeper(share=1.0).tracing.begin(PARENT + b"x", b"congo=1")
    assert begun is not None
    assert (begun.parent_id, begun.state, begun.sampled) == (0, "", True)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 1.0])
def test_a_new_trace_is_sampled_as_others_would(share: float) -> None:
    """The decision is that of OpenTelemetry's own sampler on the same id, and the share is about what was asked for."""
    tracing, sampler = Keeper(share=share).tracing, TraceIdRatioBased(share)
    begun = [tracing.begin() for _ in range(2_000)]
    assert len({one.trace_id for one in begun if one} | {one.span_id for one in begun if one}) == 4_000
    for one in begun:
        assert one is not None
        decided = sampler.should_sample(None, one.trace_id, "any").decision
        assert one.sampled == (decided is Decision.RECORD_AND_SAMPLE)
    assert sum(one.sampled for one in begun if one) == pytest.approx(2_000 * share, abs=150)


def test_an_event_is_below_its_subscription() -> None:
    """It is in the same trace, under the same decision."""
    tracing = Keeper().tracing
    above = TraceContext(1, 2, 3, sampled=True, state="a=b")
    below = tracing.child(above)
    assert below is not None
    assert (below.trace_id, below.parent_id, below.sampled, below.state) == (1, 2, True, "a=b")
    assert below.span_id not in (0, 2)
    assert tracing.child(None) is None


def test_an_event_of_what_is_not_sampled_stands_alone() -> None:
    """If it is kept because it failed, its subscription's span is not there to be its parent."""
    below = Keeper().tracing.child(TraceContext(1, 2, 3, sampled=False))
    assert below is not None
    assert (below.trace_id, below.parent_id, below.sampled) == (1, 0, False)


@pytest.mark.parametrize("flags", ["00", "01", "02", "03"])
def test_only_who_drew_an_id_says_that_it_is_random(flags: str) -> None:
    """What the caller says of its own is passed on as it is; ours are drawn at random."""
    tracing = Keeper(share=1.0).tracing
    theirs, ours = tracing.begin(PARENT[:-1] + flags.encode()), tracing.begin()
    assert theirs is not None
    assert ours is not None
    assert [outgoing(one)["traceparent"][-2:] for one in (theirs, ours)] == [flags, "03"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"status": 499, "codes": ("CANCELLED",)}, None),
        ({"status": 400, "codes": ("PARSE_FAILED",)}, None),
        ({"codes": ("UNKNOWN_SYMBOL",)}, None),
        ({"status": 500}, "failed"),
        ({"codes": ("UNKNOWN_SYMBOL", "INTERNAL")}, "failed"),
        ({"codes": ("UNAVAILABLE",)}, "failed"),
        ({"codes": ("DEADLINE_EXCEEDED",), "seconds": 10.0}, "failed"),
        ({"seconds": 0.5}, None),
        ({"seconds": 0.5, "registered": True}, "budget"),
        ({"seconds": 1.6}, "budget"),
        ({"seconds": 3_600.0, "kind": "subscription", "events": 100}, None),
        ({"seconds": 1.6, "kind": "event"}, "budget"),
        ({"seconds": 0.2, "fields": (FieldRecord("a", "Stock.quote", 1, 0.0, 0.04),)}, None),
        ({"seconds": 0.2, "fields": (FieldRecord("a", "Stock.quote", 1, 0.0, 0.06),)}, "budget"),
        ({"seconds": 0.2, "fields": (FieldRecord("a", "Stock.other", 1, 0.0, 0.2),)}, None),
    ],
)
def test_the_record_decides(changes: dict[str, Any], reason: str | None) -> None:
    """Faults of ours are kept and a client's are not, budgets are those of our own documents and of the schema."""
    keeper = Keeper()
    keeper.tracing.observe(operation(**{"trace": UNSAMPLED, **changes}))
    assert keeper.reasons == ([] if reason is None else [reason])
    assert [kept.reason for kept in keeper.kept] == keeper.reasons


def test_a_full_queue_is_counted() -> None:
    """What finds no room is dropped, and counted as that alone."""
    keeper = Keeper(room=1)
    for _ in range(3):
        keeper.tracing.observe(operation())
    assert (keeper.reasons, keeper.dropped) == (["sampled"], 2)


def test_slowness_keeps_no_more_than_its_allowance() -> None:
    """Where everything is slow, some traces are kept; those that are sampled are kept besides."""
    keeper = Keeper(rate=1)
    for _ in range(50):
        keeper.tracing.observe(operation(trace=UNSAMPLED, seconds=2.0))
    assert 5 <= len(keeper.kept) < 50
    assert keeper.dropped == 50 - len(keeper.kept)
    keeper.tracing.observe(operation())
    assert keeper.reasons[-1] == "sampled"


@pytest.mark.parametrize(
    ("seconds", "failure", "reason"), [(0.1, None, None), (0.6, None, "budget"), (0.1, "unreachable", "failed")]
)
def test_calls_are_kept_likewise(seconds: float, failure: str | None, reason: str | None) -> None:
    """A call of an external API that failed, or took longer than its objective, is kept."""
    keeper = Keeper()
    keeper.tracing.observe_call(ExternalCall("news", "GET", "news.example", 443, 0.0, seconds, 200, failure, UNSAMPLED))
    assert keeper.reasons == ([] if reason is None else [reason])


def test_without_a_collector_nothing_is_begun() -> None:
    """Tracing that is off gives no places, no comments, and keeps nothing."""
    tracing = Tracing(TracingSettings(), TracingHooks())
    assert tracing.begin(PARENT + b"1") is None
    assert not tracing.on
    tracing.observe(operation())


def test_only_sampled_operations_have_a_comment() -> None:
    """Statements of others stay as they are, byte by byte; and comments can be switched off, and are few."""
    sampled = TraceContext(1, 2, 0, sampled=True)
    assert Keeper().tracing.comment(UNSAMPLED, "Watchlist") is None
    assert "operation='Watchlist'" in (Keeper().tracing.comment(sampled, "Watchlist") or "")
    assert Keeper(sql_comments=0).tracing.comment(sampled, "Watchlist") is None
    few = Keeper(sql_comments=2).tracing
    commented = [few.comment(sampled, "Watchlist") is not None for _ in range(50)]
    assert commented == [True] * 2 + [False] * 48  # no more at once than in any second
