"""How a span is made here: whole, after what it tells of has ended, with times and ids that were noted meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AttributeValue

from ops.operation_record import TraceContext
from ops.tracing.trace_context import RANDOM, SAMPLED, read_tracestate

Attributes = dict[str, AttributeValue]
_FLAGS: Final = TraceFlags(SAMPLED | RANDOM)
_NANOSECONDS: Final = 1_000_000_000
_UNSET: Final = Status(StatusCode.UNSET)
_FAILED: Final = Status(StatusCode.ERROR)
_random = Random()  # noqa: S311 - ids are to be unique, not secret; each process is seeded by the system


@dataclass(frozen=True, slots=True)
class Origin:
    """What all spans of a process say of where they come from.

    `database` and `cache` are attributes of each call there: the system, and the server's address.
    """

    resource: Resource
    scope: InstrumentationScope
    database: Mapping[str, AttributeValue]
    cache: Mapping[str, AttributeValue]


class Drawing:
    """Makes the spans of one trace's part; `epoch` is the wall clock's time at which the performance counter was 0."""

    __slots__ = ("_epoch", "_origin", "_state", "_trace_id", "spans")

    def __init__(self, origin: Origin, trace: TraceContext, epoch: float) -> None:
        self._origin = origin
        self._trace_id = trace.trace_id
        self._state = TraceState(read_tracestate(trace.state))
        self._epoch = round(epoch * _NANOSECONDS)
        self.spans: list[ReadableSpan] = []

    def context(self, span_id: int, *, is_remote: bool = False) -> SpanContext:
        """Return the context of a span with a known id."""
        return SpanContext(self._trace_id, span_id, is_remote, _FLAGS, self._state)

    def add(
        self,
        name: str,
        kind: SpanKind,
        begun: float,
        seconds: float,
        parent: SpanContext | None,
        attributes: Attributes,
        *,
        failure: str | None = None,
        links: Sequence[Link] = (),
        context: SpanContext | None = None,
    ) -> SpanContext:
        """Add a span, and return its context, which is a new one unless it is given; `failure` is its `error.type`."""
        context = context or self.context(_random.getrandbits(64) or 1)
        if failure is not None:
            attributes[ERROR_TYPE] = failure
        start = self._epoch + round(begun * _NANOSECONDS)
        self.spans.append(
            ReadableSpan(
                name,
                context,
                parent,
                self._origin.resource,
                attributes,
                links=links,
                kind=kind,
                status=_UNSET if failure is None else _FAILED,
                start_time=start,
                end_time=start + round(seconds * _NANOSECONDS),
                instrumentation_scope=self._origin.scope,
            )
        )
        return context
