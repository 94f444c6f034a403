"""What is known of one operation when it has ended: the data of every hook.

The log line, the metrics, the spans and the ledger that clients may ask for are made of this record, and of nothing
else. Times named `begun` are seconds of the performance counter, lengths are seconds; `wall_clock` turns the former
into seconds since 1970.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter, time
from typing import Literal

import msgspec

PhaseName = Literal["parse", "validate", "plan", "execute"]


class TraceContext(msgspec.Struct, frozen=True, gc=False):
    """The place of an operation in a trace, in the terms of https://www.w3.org/TR/trace-context/.

    `span_id` is of the operation's own span, `parent_id` of the caller's, 0 where none was sent; `sampled` says that
    the trace is to be exported whatever comes of the operation. `state` is the caller's `tracestate`, as it was sent.
    `random` says that the trace's id was drawn at random, as far as is known: only who drew it may say so.
    """

    trace_id: int
    span_id: int
    parent_id: int
    sampled: bool
    state: str = ""
    random: bool = True


class Phase(msgspec.Struct, frozen=True, gc=False):
    """A part of the work on an operation. What was remembered from before, as a parsed document is, has no phase."""

    name: PhaseName
    begun: float
    seconds: float


@contextmanager
def phase(name: PhaseName, phases: list[Phase]) -> Iterator[None]:
    """Add the work within to the phases, also where it fails."""
    begun = perf_counter()
    try:
        yield
    finally:
        phases.append(Phase(name, begun, perf_counter() - begun))


class FieldRecord(msgspec.Struct, frozen=True, gc=False):
    """A field path of a compiled operation: from the call of its resolver to the last value that it waited for.

    `path` are response keys joined by dots, without list indices; `coordinate` is the field in the schema, as in
    `Stock.quote`; `parents` is the number of objects for which it was resolved.
    """

    path: str
    coordinate: str
    parents: int
    begun: float
    seconds: float


class BatchRecord(msgspec.Struct, frozen=True, gc=False):
    """A loader's batch. `number` is its place among those of the operation, from 0, in the order of their beginning.

    `keys` are distinct ones; `asked` counts them as often as fields asked. `segments` are parts with a statement each,
    unless cached. `fields` are the paths that asked, as in `FieldRecord`.
    """

    number: int
    loader: str
    keys: int
    segments: int
    begun: float
    seconds: float
    asked: int = 0
    memory_hits: int = 0
    redis_hits: int = 0
    fields: tuple[str, ...] = ()


class StatementRecord(msgspec.Struct, frozen=True, gc=False):
    """A statement: its name, its time with the wait for a connection, the rows that it returned.

    `batch` is the number of the batch that ran it, -1 for none. `failure` is the code of what it failed with.
    """

    name: str
    begun: float
    seconds: float
    rows: int
    batch: int = -1
    failure: str | None = None


class CallRecord(msgspec.Struct, frozen=True, gc=False):
    """A call of the shared cache: what was asked, for how many keys, and whether an answer came in time."""

    name: str
    begun: float
    seconds: float
    keys: int
    batch: int
    answered: bool


class OperationRecord(msgspec.Struct, frozen=True, gc=False):
    """One operation from its admission to its end.

    `kind` is `query`, `mutation`, `subscription`, `event` (one of a subscription's) or `refused`. `document` is the
    SHA-256 of the document in hex, and `registered` says whether it is one of the registered documents, whose names
    are few; other names are the client's own. `status` is the HTTP status, 499 where the client left. `kept` says that
    the answer was ready, so that nothing ran.
    """

    request_id: str
    kind: str
    name: str | None
    begun: float
    seconds: float
    status: int
    codes: Sequence[str] = ()
    kept: bool = False
    document: str | None = None
    registered: bool = False
    client: str | None = None
    cost: int = 0
    trace: TraceContext | None = None
    phases: Sequence[Phase] = ()
    fields: Sequence[FieldRecord] = ()
    batches: Sequence[BatchRecord] = ()
    statements: Sequence[StatementRecord] = ()
    calls: Sequence[CallRecord] = ()
    memory_hits: int = 0
    events: int | None = None


Observer = Callable[[OperationRecord], None]
"""Told of each operation on the event loop, within its request: it takes microseconds, and raises nothing."""


Observe = Callable[[str, float, bool], None]
"""Told of a statement's or a cache call's name, its seconds, and whether it failed, by whatever in the process asked.

It runs within what asked: it takes microseconds, and raises nothing.
"""


class BatchAtWork(msgspec.Struct):
    """What a batch under way has done so far, for those below the loaders who do not know of batches."""

    number: int
    calls: list[CallRecord]
    redis_hits: int = 0


BATCH_AT_WORK: ContextVar[BatchAtWork | None] = ContextVar("BATCH_AT_WORK", default=None)
"""The batch in whose task something runs; each batch has a context of its own."""


def wall_clock(counter: float) -> float:
    """Return the seconds since 1970 at which the performance counter stood there, by the clock as it stands now."""
    return time() - (perf_counter() - counter)
