"""Traces of calls: each try is a span of its own, kept where it is sampled, failed, or took longer than it should."""

from collections.abc import Collection

import httpx

from ops.operation_record import TraceContext
from ops.tracing import ExternalCall, Tracing, outgoing

CANCELLED = "cancelled"
_ERRORS = 400


class CallTraces:
    """Notes tries. Only hosts that are listed are told of the trace, for it is no stranger's business."""

    def __init__(self, tracing: Tracing | None = None, hosts: Collection[str] = ()) -> None:
        self._tracing = tracing
        self._hosts = frozenset(hosts)

    def begin(self, request: httpx.Request) -> TraceContext | None:
        """Begin a try; None where nothing is traced."""
        trace = self._tracing.begin() if self._tracing is not None else None
        if trace is not None and request.url.host in self._hosts:
            request.headers.update(outgoing(trace))
        return trace

    def end(
        self,
        api: str,
        request: httpx.Request,
        trace: TraceContext | None,
        begun: float,
        seconds: float,
        outcome: int | str,
    ) -> None:
        """Note what a try came to, an HTTP status or a word; it began at `begun` of the performance counter."""
        if self._tracing is None or trace is None:
            return
        status = outcome if isinstance(outcome, int) else None
        failed = outcome != CANCELLED if status is None else status >= _ERRORS
        self._tracing.observe_call(
            ExternalCall(
                api=api,
                method=request.method,
                host=request.url.host,
                port=request.url.port,
                begun=begun,
                seconds=seconds,
                status=status,
                failure=str(outcome) if failed else None,
                trace=trace,
            )
        )
