"""The span of a call of an external API: a trace of its own, for collectors serve no requests."""

from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT

from ops.operation_record import TraceContext
from ops.tracing.drawing import Attributes, Drawing
from ops.tracing.keeping import Reason
from ops.tracing.records import ExternalCall


def call_spans(call: ExternalCall, trace: TraceContext, reason: Reason, epoch: float) -> list[bytes]:
    """Return the one span of a call."""
    drawing = Drawing(trace, epoch)
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
        Span.SPAN_KIND_CLIENT,
        call.begun,
        call.seconds,
        trace.parent_id,
        attributes,
        failure=call.failure,
        span_id=trace.span_id,
    )
    return drawing.spans
