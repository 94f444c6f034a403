"""Who asks: what headers tell of a caller, and the place in a trace that each operation gets."""

import pytest

from graph.caller import NOBODY, Callers, introduction
from ops.operation_record import TraceContext


class Counting:
    """A tracer whose ids are counted."""

    def __init__(self) -> None:
        self.begun: list[tuple[bytes | None, bytes | None]] = []

    def begin(self, traceparent: bytes | None = None, tracestate: bytes | None = None) -> TraceContext:
        """Give the next id; those with a parent are sampled."""
        self.begun.append((traceparent, tracestate))
        return TraceContext(len(self.begun), 1, 0, traceparent is not None)

    def child(self, context: TraceContext | None) -> TraceContext | None:
        """Give a place below."""
        return TraceContext(context.trace_id, 2, context.span_id, context.sampled) if context else None

    def comment(self, context: TraceContext | None, name: str | None) -> str | None:
        """Name the trace."""
        return f"{name} {context.trace_id}" if context else None


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([(b"x-insitechart-client", b"charts/1.2")], "charts/1.2"),
        ([(b"apollographql-client-name", b"web"), (b"apollographql-client-version", b"7")], "web/7"),
        ([(b"graphql-client-version", b"7"), (b"graphql-client-name", b"ios")], "ios/7"),
        ([(b"apollographql-client-version", b"7")], None),
        ([(b"x-insitechart-client", b"")], None),
        ([(b"x-insitechart-client", b"a\x1b[31m")], None),
        ([(b"x-insitechart-client", b"x" * 61)], None),
        ([(b"x-insitechart-client", "é".encode())], None),
        ([(b"x-insitechart-client", b"first"), (b"x-insitechart-client", b"second")], "first"),
        ([(b"accept", b"*/*")], None),
    ],
)
def test_a_client_names_itself(headers: list[tuple[bytes, bytes]], client: str | None) -> None:
    """In our header, Apollo's or Hive's; what no terminal or log should see is no name."""
    assert introduction(headers).client == client


def test_who_tells_nothing_costs_nothing() -> None:
    """One introduction serves all of them."""
    assert introduction([(b"accept", b"*/*"), (b"host", b"here")]) is NOBODY


def test_a_parent_that_comes_twice_is_none_and_states_are_one_list() -> None:
    """As https://www.w3.org/TR/trace-context/ has it."""
    told = introduction(
        [(b"traceparent", b"one"), (b"tracestate", b"a=1"), (b"traceparent", b"two"), (b"tracestate", b"b=2")]
    )
    assert (told.parent, told.state) == (b"", b"a=1,b=2")


def test_each_operation_has_its_place_in_a_trace() -> None:
    """One of its own, or below what its headers name; an event is below its subscription."""
    callers = Callers()
    assert callers.meet("r").trace is None
    callers.tracer = tracer = Counting()
    caller = callers.meet("r", introduction([(b"traceparent", b"p"), (b"tracestate", b"s")]))
    other = callers.meet("r")
    assert tracer.begun == [(b"p", b"s"), (None, None)]
    assert caller.trace is not None
    assert other.trace is not None
    event = callers.event(caller)
    assert event.trace == TraceContext(caller.trace.trace_id, 2, caller.trace.span_id, sampled=True)
    assert (event.request_id, event.phases) == ("r", [])
    assert callers.comment(caller, "Watchlist") == "Watchlist 1"
    assert callers.comment(other, "Watchlist") is None, "only what is sampled marks its SQL"
