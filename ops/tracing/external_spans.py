"""The span of a call of an external API: a trace of its own, for collectors serve no requests."""

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.trace import SpanKind

from ops.operation_record import TraceContext
from ops.tracing.drawing import Attributes, Drawing, Origin
from ops.tracing.keeping import Reason
from ops.tracing.records import ExternalCall


def call_spans(
    origin: Origin, call: ExternalCall, trace: TraceContext, reason: Reason, epoch: float
) -> list[ReadableSpan]:
    """Return the one span of a call."""
    drawing = Drawing(origin, trace, epoch)
    attributes: Attributes = {
        HTTP_REQUEST_METHOD: call.method,
        SERVER_ADDRESS: call.host,
        "insitechart.api": call.api,
        "insitechart.kept_because": reason,
    }
    if call.port is not None:
        attributes[SERVER_PORT] = call.port
    if call.status is not None:
        attributes[HTTP_RESPONSE_STATUS_CODE] = call.status
    drawing.add(
        call.method,
        SpanKind.CLIENT,
        call.begun,
        call.seconds,
        drawing.context(trace.parent_id) if trace.parent_id else None,
        attributes,
        failure=call.failure,
        context=drawing.context(trace.span_id),
    )
    return drawing.spans
