"""Who asks for an operation: the request's id, the caller's place in a trace, the client's name for itself."""

import re
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from msgspec import Struct, field

from ops.operation_record import BatchRecord, CallRecord, FieldRecord, Phase, StatementRecord, TraceContext

_PARENT = b"traceparent"
_STATE = b"tracestate"
# Apollo's clients send the second pair and GraphQL Hive's the third; ours is one header for both.
_CLIENT = (b"x-insitechart-client", b"apollographql-client-name", b"graphql-client-name")
_VERSION = (b"apollographql-client-version", b"graphql-client-version")
TELLING = frozenset((_PARENT, _STATE, *_CLIENT, *_VERSION))
"""Names of the headers by which callers introduce themselves."""

_SANE = re.compile(rb"[ -~]{1,60}")


class Introduction(Struct, frozen=True):
    """What the headers of a request tell of its caller."""

    parent: bytes | None = None
    state: bytes | None = None
    client: str | None = None


NOBODY = Introduction()


class Opening(Struct, frozen=True):
    """What it took to open a subscription: its context would be held for as long as the subscription lasts."""

    statements: Sequence[StatementRecord]
    ledger: Sequence[BatchRecord]
    calls: Sequence[CallRecord]
    memory_hits: int
    fields: Sequence[FieldRecord] = ()


class Caller(Struct):
    """One for each operation. `begun` is when the operation came, in seconds of the performance counter.

    `phases` are filled in as the operation passes through them, and `opening` where a subscription's source is opened.
    """

    request_id: str
    trace: TraceContext | None = None
    client: str | None = None
    begun: float = 0.0
    phases: list[Phase] = field(default_factory=list)
    opening: Opening | None = None

    def executed(self, begun: float) -> None:
        """Note that the execution, and the planning before it if there was any, took from `begun` until now."""
        if self.phases and self.phases[-1].name == "plan":
            begun = self.phases[-1].begun + self.phases[-1].seconds
        self.phases.append(Phase("execute", begun, perf_counter() - begun))


class Tracer(Protocol):
    """Gives operations their place in a trace; see ops/tracing."""

    def begin(self, traceparent: bytes | None = None, tracestate: bytes | None = None) -> TraceContext | None:
        """Return the place of a new operation."""
        ...

    def child(self, context: TraceContext | None) -> TraceContext | None:
        """Return a place below another."""
        ...

    def comment(self, context: TraceContext | None, name: str | None) -> str | None:
        """Return what an operation's SQL is to carry as a comment."""
        ...


class Callers:
    """Makes callers, each in a trace of its own or in the one that its headers name; without a tracer, in none."""

    def __init__(self) -> None:
        self.tracer: Tracer | None = None

    def meet(self, request_id: str, told: Introduction = NOBODY) -> Caller:
        """Begin an operation."""
        trace = self.tracer.begin(told.parent, told.state) if self.tracer is not None else None
        return Caller(request_id, trace, told.client, perf_counter())

    def event(self, caller: Caller) -> Caller:
        """Begin an event of a caller's subscription."""
        trace = self.tracer.child(caller.trace) if self.tracer is not None else None
        return Caller(caller.request_id, trace, caller.client, perf_counter())

    def comment(self, caller: Caller, name: str | None) -> str | None:
        """Return what the SQL of a caller's operation is to carry as a comment, if anything."""
        if self.tracer is None or caller.trace is None or not caller.trace.sampled:
            return None
        return self.tracer.comment(caller.trace, name)


def introduction(headers: Sequence[tuple[bytes, bytes]]) -> Introduction:
    """Read what a caller tells of itself, from fields whose names are in lower case."""
    telling = [one for one in headers if one[0] in TELLING]
    return introduced(telling) if telling else NOBODY


def introduced(telling: Sequence[tuple[bytes, bytes]]) -> Introduction:
    """Return what the fields tell whose names are in `TELLING`; of a name that comes twice, the first counts.

    A second `traceparent` makes both void, and lists of `tracestate` are joined, as the specification has it.
    """
    fields: dict[bytes, bytes] = {}
    for name, value in telling:
        if name == _STATE and name in fields:
            fields[name] += b"," + value
        elif name == _PARENT and name in fields:
            fields[name] = b""
        else:
            fields.setdefault(name, value)
    name = next((fields[one] for one in _CLIENT if one in fields), b"")
    version = next((fields[one] for one in _VERSION if one in fields), b"")
    client = (name.strip() + b"/" + version.strip()).rstrip(b"/") if name else b""
    return Introduction(
        fields.get(_PARENT), fields.get(_STATE), client.decode() if _SANE.fullmatch(client) is not None else None
    )
