"""The face of tracing: a place in a trace for each operation, and the decision at its end whether to keep it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from time import perf_counter, time
from typing import Final

from ops.operation_record import OperationRecord, TraceContext
from ops.tracing.allowance import Allowance
from ops.tracing.keeping import Keeping, Reason
from ops.tracing.records import ExternalCall, Kept
from ops.tracing.sql_comment import sql_comment
from ops.tracing.trace_context import kept_state, read_traceparent
from ops.tracing_settings import TracingSettings

_SPAN_BITS: Final = 64
_SPAN_MASK: Final = (1 << _SPAN_BITS) - 1
_random = Random()  # noqa: S311 - ids are to be unique, not secret; each process is seeded by the system


def _nothing(*_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class TracingHooks:
    """What tracing asks of its surroundings, and tells them.

    `operation_seconds` is the budget of an operation by its name, `field_seconds` that of fields by their coordinate,
    `call_seconds` that of a call of an external API. `kept` is told why each trace was kept: `sampled`, `failed` or
    `budget`; `dropped` of traces that should have been, but were too many, or found no collector.
    """

    operation_seconds: Callable[[str | None], float] = lambda _name: 1.5
    field_seconds: Mapping[str, float] = field(default_factory=dict)
    call_seconds: float = 0.5
    kept: Callable[[str], None] = _nothing
    dropped: Callable[[int], None] = _nothing


class Tracing:
    """Begins, ends and keeps traces. It belongs to the event loop; `send` takes what is kept to another thread."""

    def __init__(
        self, settings: TracingSettings, hooks: TracingHooks, send: Callable[[Kept], bool] | None = None
    ) -> None:
        self.hooks = hooks
        self._send = send
        self._bound = round(settings.share * (1 << _SPAN_BITS))
        self._allowance = Allowance(settings.rate)
        self._callers_allowance = Allowance(settings.callers_rate)
        self._comments_allowance = Allowance(settings.sql_comments, saved=1.0)
        self._keeping = Keeping(hooks.operation_seconds, hooks.field_seconds)

    @property
    def on(self) -> bool:
        """Whether spans are made."""
        return self._send is not None

    def begin(self, traceparent: bytes | None = None, tracestate: bytes | None = None) -> TraceContext | None:
        """Return the place of a new operation: below its caller's span, or in a new trace.

        It is sampled if its caller's is, as far as that is allowed: anybody may call, and it is our database and our
        collector that pay. A new trace is sampled by the low bits of its id, as OpenTelemetry's TraceIdRatioBased does,
        so that other services with the same share decide alike. None where tracing is off.
        """
        if self._send is None:
            return None
        bits = _random.getrandbits(3 * _SPAN_BITS)
        span_id = bits & _SPAN_MASK or 1
        if traceparent is not None:
            parent = read_traceparent(traceparent)
            if parent is not None:
                state = kept_state(tracestate) if tracestate else ""
                sampled = parent.sampled and self._callers_allowance.take()
                return TraceContext(parent.trace_id, span_id, parent.span_id, sampled, state, parent.random)
        trace_id = bits >> _SPAN_BITS or 1
        return TraceContext(trace_id, span_id, 0, trace_id & _SPAN_MASK < self._bound)

    def child(self, context: TraceContext | None) -> TraceContext | None:
        """Return a place below one of ours in its trace: that of an event below its subscription.

        One request may lead to any number of events, so that each of them counts as a call of its own. Where the
        subscription is not sampled its span will hardly ever come, and an event that is kept stands alone.
        """
        if context is None:
            return None
        sampled = context.sampled and (not context.parent_id or self._callers_allowance.take())
        span_id = _random.getrandbits(_SPAN_BITS) or 1
        above = context.span_id if context.sampled else 0
        return TraceContext(context.trace_id, span_id, above, sampled, context.state, context.random)

    def comment(self, context: TraceContext | None, name: str | None) -> str | None:
        """Return the comment for the SQL of an operation; None where it is not sampled, or too many were just now.

        What has a comment is planned anew, so a server that samples everything must not give one to all it asks.
        """
        if context is None or not context.sampled or not self._comments_allowance.take():
            return None
        return sql_comment(name, context)

    def observe(self, record: OperationRecord) -> None:
        """Keep the trace of an operation that has ended, if it is to be kept: an `Observer`."""
        if record.trace is None or self._send is None:
            return
        reason = self._keeping.reason(record)
        if reason is not None:
            self._keep(record, reason)

    def observe_call(self, call: ExternalCall) -> None:
        """Keep the trace of a call of an external API, if it is to be kept."""
        if call.trace is None or self._send is None:
            return
        if call.trace.sampled:
            self._keep(call, "sampled")
        elif call.failure is not None:
            self._keep(call, "failed")
        elif call.seconds > self.hooks.call_seconds:
            self._keep(call, "budget")

    def _keep(self, record: OperationRecord | ExternalCall, reason: Reason) -> None:
        """Hand a record over; where all is slow or fails, only some of it, or else telling of it made it worse."""
        if (
            self._send is not None
            and (reason == "sampled" or self._allowance.take())
            and self._send(Kept(record, reason, time() - perf_counter()))
        ):
            self.hooks.kept(reason)
        else:
            self.hooks.dropped(1)
