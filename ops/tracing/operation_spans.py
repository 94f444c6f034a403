"""The spans of one operation: its own, and below it phases, fields, batches, statements and calls of the cache.

Attributes are those of OpenTelemetry's semantic conventions where there are some, else `insitechart.*`.
"""

from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.semconv._incubating.attributes.graphql_attributes import (
    GRAPHQL_OPERATION_NAME,
    GRAPHQL_OPERATION_TYPE,
)
from opentelemetry.semconv.attributes.http_attributes import HTTP_RESPONSE_STATUS_CODE

from ops.operation_record import OperationRecord, TraceContext
from ops.tracing.batch_spans import draw_batches, draw_calls, draw_statements
from ops.tracing.drawing import Attributes, Drawing, Stores
from ops.tracing.field_spans import draw_fields
from ops.tracing.keeping import Keeping, Reason, fault
from ops.tracing.wire import Value, attribute

MOST_SPANS: Final = 1_000
_LONGEST_NAME: Final = 100
_EVENT: Final = "event"
_SUBSCRIPTION: Final = "subscription"
_TYPES: Final = {"query": "query", "mutation": "mutation", _SUBSCRIPTION: _SUBSCRIPTION, _EVENT: _SUBSCRIPTION}


def operation_spans(
    stores: Stores, keeping: Keeping, record: OperationRecord, trace: TraceContext, reason: Reason, epoch: float
) -> list[bytes]:
    """Return the spans of an operation, its own first; at most `MOST_SPANS`, and it says how many were left out."""
    drawing = Drawing(trace, epoch)
    own = _draw_operation(drawing, record, trace, _attributes(record, keeping, reason))
    execution = own
    for phase in record.phases:
        span = drawing.add(phase.name, Span.SPAN_KIND_INTERNAL, phase.begun, phase.seconds, own, {})
        if phase.name == "execute":
            execution = span
    fields = draw_fields(drawing, record, execution, {id(field) for field in keeping.over(record)})
    batches = draw_batches(drawing, record, own, fields)
    draw_statements(drawing, stores, record, own, batches)
    draw_calls(drawing, stores, record, own, batches)
    left_out = len(drawing.spans) - MOST_SPANS
    if left_out > 0:
        drawing.spans[0] += attribute("insitechart.spans_left_out", left_out)
    return drawing.spans[:MOST_SPANS]


def _draw_operation(drawing: Drawing, record: OperationRecord, trace: TraceContext, attributes: Attributes) -> int:
    is_event = record.kind == _EVENT
    return drawing.add(
        f"{record.kind} {record.name}" if record.registered and record.name else record.kind,
        Span.SPAN_KIND_INTERNAL if is_event else Span.SPAN_KIND_SERVER,
        record.begun,
        record.seconds,
        trace.parent_id,
        attributes,
        failure=fault(record),
        span_id=trace.span_id,
        is_remote=bool(trace.parent_id) and not is_event,
    )


def _attributes(record: OperationRecord, keeping: Keeping, reason: Reason) -> Attributes:
    lasts = record.kind == _SUBSCRIPTION  # as long as its client likes
    told: dict[str, Value | None] = {
        "insitechart.kept_because": reason,
        "insitechart.request_id": record.request_id,
        GRAPHQL_OPERATION_TYPE: _TYPES.get(record.kind),
        GRAPHQL_OPERATION_NAME: _name(record.name),
        HTTP_RESPONSE_STATUS_CODE: None if record.kind == _EVENT else record.status,
        "insitechart.document": record.document,
        "insitechart.client": record.client,
        "insitechart.codes": tuple(record.codes) or None,
        "insitechart.cost": record.cost or None,
        "insitechart.kept_answer": record.kept or None,
        "insitechart.memory_hits": record.memory_hits or None,
        "insitechart.events": record.events,
        "insitechart.budget_ms": None if lasts else round(keeping.seconds_of(record) * 1_000),
        "insitechart.fields_over_budget": tuple(field.path for field in keeping.over(record)) or None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _name(name: str | None) -> str | None:
    """Return a name that a client chose as text that can be encoded, and is no longer than it need be."""
    return name[:_LONGEST_NAME].encode(errors="replace").decode() if name else None
