"""How a span is made here: whole, after what it tells of has ended, with times and ids that were noted meanwhile.

Spans are made in the form in which they are sent. Through the SDK's own spans and its encoder each would cost four
times as much, for what no span here needs: to be begun, changed and ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, SpanFlags, Status
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from ops.operation_record import TraceContext
from ops.tracing.trace_context import RANDOM, SAMPLED, read_tracestate

Value = str | int | tuple[str, ...]  # a bool is an int to Python, and a bool to OpenTelemetry
Attributes = dict[str, Value]
_FLAGS: Final = SAMPLED | RANDOM | SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
_REMOTE: Final = _FLAGS | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK
_NANOSECONDS: Final = 1_000_000_000
_FAILED: Final = Status(code=Status.STATUS_CODE_ERROR)
_REMEMBERED: Final = 4_096
_random = Random()  # noqa: S311 - ids are to be unique, not secret; each process is seeded by the system


@dataclass(frozen=True, slots=True)
class Stores:
    """Attributes of each call of the stores: the system, and the server's address."""

    database: Mapping[str, Value]
    cache: Mapping[str, Value]


class Drawing:
    """Makes the spans of one trace's part; `epoch` is the wall clock's time at which the performance counter was 0."""

    __slots__ = ("_epoch", "_state", "_trace_id", "spans")

    def __init__(self, trace: TraceContext, epoch: float) -> None:
        self._trace_id = trace.trace_id.to_bytes(16)
        self._state = ",".join(f"{key}={value}" for key, value in read_tracestate(trace.state)) if trace.state else ""
        self._epoch = round(epoch * _NANOSECONDS)
        self.spans: list[Span] = []

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
        links: Sequence[Span.Link] = (),
        span_id: int = 0,
        is_remote: bool = False,
    ) -> int:
        """Add a span and return its id, new unless it is given; `parent` 0 is none, `failure` its `error.type`."""
        span_id = span_id or _random.getrandbits(64) or 1
        if failure is not None:
            attributes[ERROR_TYPE] = failure
        start = self._epoch + round(begun * _NANOSECONDS)
        self.spans.append(
            Span(
                trace_id=self._trace_id,
                span_id=span_id.to_bytes(8),
                trace_state=self._state,
                parent_span_id=parent.to_bytes(8) if parent else b"",
                flags=_REMOTE if is_remote else _FLAGS,
                name=name,
                kind=kind,
                start_time_unix_nano=start,
                end_time_unix_nano=start + round(seconds * _NANOSECONDS),
                attributes=[key_value(key, value) for key, value in attributes.items()],
                links=links,
                status=None if failure is None else _FAILED,
            )
        )
        return span_id

    def link(self, span_id: int, attributes: Attributes) -> Span.Link:
        """Return a link to another span of the trace."""
        return Span.Link(
            trace_id=self._trace_id,
            span_id=span_id.to_bytes(8),
            flags=_FLAGS,
            attributes=[key_value(key, value) for key, value in attributes.items()],
        )


@lru_cache(_REMEMBERED, typed=True)  # names and paths are few, and come with each span
def key_value(key: str, value: Value) -> KeyValue:
    """Return an attribute as it is sent; nobody changes it."""
    return KeyValue(key=key, value=_any_value(value))


def _any_value(value: Value) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    return AnyValue(array_value=ArrayValue(values=map(_any_value, value)))
