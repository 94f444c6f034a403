"""How a span is made here: whole, after what it tells of has ended, with times and ids that were noted meanwhile.

Spans are made in the form in which they are sent. Through the SDK's own spans and its encoder each would cost many
times as much, for what no span here needs: to be begun, changed and ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span, SpanFlags
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from ops.operation_record import TraceContext
from ops.tracing import wire
from ops.tracing.trace_context import RANDOM, SAMPLED, read_tracestate
from ops.tracing.wire import Value

Attributes = dict[str, Value]
_FLAGS: Final = SAMPLED | SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_NANOSECONDS: Final = 1_000_000_000
_random = Random()  # noqa: S311 - ids are to be unique, not secret; each process is seeded by the system


@dataclass(frozen=True, slots=True)
class Stores:
    """Attributes of each call of the stores: the system, and the server's address."""

    database: Mapping[str, Value]
    cache: Mapping[str, Value]


class Drawing:
    """Makes the spans of one trace's part, as bytes; `epoch` is the wall clock's time when the counter was 0."""

    __slots__ = ("_epoch", "_flags", "_state", "_trace_id", "spans")

    def __init__(self, trace: TraceContext, epoch: float) -> None:
        self._trace_id = trace.trace_id.to_bytes(16)
        self._flags = _FLAGS | RANDOM if trace.random else _FLAGS
        self._state = ",".join(f"{key}={value}" for key, value in read_tracestate(trace.state)) if trace.state else ""
        self._epoch = round(epoch * _NANOSECONDS)
        self.spans: list[bytes] = []

    def add(
        self,
        name: str,
        kind: Span.SpanKind.ValueType,
        begun: float,
        seconds: float,
        parent: int,
        attributes: Attributes,
        *,
        failure: str | None = None,
        links: Sequence[bytes] = (),
        span_id: int = 0,
        is_remote: bool = False,
    ) -> int:
        """Add a span and return its id, new unless it is given; `parent` 0 is none, `failure` its `error.type`."""
        span_id = span_id or _random.getrandbits(64) or 1
        if failure is not None:
            attributes[ERROR_TYPE] = failure
        flags = self._flags | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK if is_remote else self._flags
        start = self._epoch + round(begun * _NANOSECONDS)
        end = start + round(seconds * _NANOSECONDS)
        span = wire.head(self._trace_id, span_id, parent, self._state)
        span += wire.body(name, kind, start, end, flags, failed=failure is not None)
        span += b"".join(map(wire.attribute, attributes, attributes.values()))
        self.spans.append(span + b"".join(links) if links else span)
        return span_id

    def link(self, span_id: int, key: str, value: Value) -> bytes:
        """Return a link to another span of the trace, with an attribute."""
        return wire.link(self._trace_id, span_id, self._flags, key, value)
