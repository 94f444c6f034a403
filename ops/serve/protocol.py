"""uvicorn's HTTP protocol with bounds: how many connections, how large a request, how long it may take to arrive.

uvicorn itself waits for ever for the end of a request's headers, and keeps as many headers and trailers as a client
sends.
"""

import asyncio
import socket
from http import HTTPStatus
from typing import Any, Literal, cast

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from graph.http.connection import EXTENSION, FindReady
from graph.http.responses import RETRY_AFTER, encode, error_body
from ops.errors import BadRequest, HeadersTooLarge, PayloadTooLarge, PublicError, RequestTimeout, Unavailable
from ops.metrics import Metrics
from ops.serve.connection import RequestConnection
from ops.serve.ready import AskedBefore, ReadyFirst
from ops.settings import Settings

MOST_HEAD_BYTES = 65_536
MOST_FRAMING = 8
"""Bytes on the wire for each byte of the body limit: a chunk of one byte takes six. Trailers count as well."""

_MOST_WAITING = 16
"""Requests that wait behind a running one on their connection, beyond which no more are read until it ends."""

_RETRY = f"retry-after: {RETRY_AFTER}\r\n"
_BODY_MARGIN = 5.0  # past its own deadline, a body is answered with a coded error; only then is the connection cut


def bounded_protocol(
    settings: Settings, find_ready: FindReady | None = None, metrics: Metrics | None = None
) -> type[ReadyFirst]:
    """Return the protocol class for these settings; uvicorn makes one instance for each connection."""
    members: dict[str, object] = {"settings": settings, "metrics": metrics, "asked_before": AskedBefore()}
    if find_ready is not None:
        members["find_ready"] = staticmethod(find_ready)
    return cast("type[ReadyFirst]", type("BoundedProtocol", (_BoundedProtocol,), members))


class _BoundedProtocol(ReadyFirst):
    settings: Settings
    metrics: Metrics | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrival: asyncio.TimerHandle | None = None
        self._expected: Literal["head", "body"] | None = None
        self._active: RequestResponseCycle | None = None
        self._connection: RequestConnection | None = None
        self._in_head = True
        self._bytes = 0
        self._ended = False
        self._done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self._tune(transport)
        if self.metrics is not None:
            self.metrics.presence.arrived(self._address)
        limit = self.settings.limits.connections
        if len(self.connections) > limit:
            self._refuse(Unavailable("The server has as many connections as it takes; ask again"))
            return
        self._expect("head")
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(None)
        self._disconnect()
        if self.metrics is not None:
            self.metrics.presence.left(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._done:
            return
        if self.is_answered_again(data):
            self._expect(None)
            self._unset_keepalive_if_required()
            if self._answering() is None:
                self._keep_alive()
            return
        self._ended = False
        super().data_received(data)
        self._arm()
        if not self._ended:  # else the packet is not all of what comes now, and nobody says from where on it is
            self._bytes += len(data)
        most = self.settings.limits.body_bytes
        if self._in_head and self._bytes > MOST_HEAD_BYTES:
            self._refuse(HeadersTooLarge(f"The request's head has more than {MOST_HEAD_BYTES:,} bytes"))
        elif not self._in_head and self._bytes > MOST_FRAMING * most:
            self._refuse(PayloadTooLarge(f"The body has more than {most:,} bytes", limit=most))
        elif self._is_idle():
            self._keep_alive()
        if self.flow.read_paused:
            self._watch_on()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._bytes = 0
        self._expect("head")

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:  # a trailer comes too late for whoever reads the headers
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._bytes = 0
        self._expect("body")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._expect(None)
        self._bytes = 0
        self._ended = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._done = True  # the connection has another protocol now
        self._expect(None)
        if self.metrics is not None:
            self.metrics.presence.left(self._address)  # nobody here hears of its end; the socket notes itself
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest(msg))

    def _expect(self, part: Literal["head", "body"] | None) -> None:
        """Note which part of a request is to come next; its clock starts with `_arm`."""
        self._expected = part
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _arm(self) -> None:
        """Start the clock of what is still to come: a request that came whole needs none."""
        if self._expected is None or self._arrival is not None:
            return
        deadlines = self.settings.deadlines
        if self._expected == "head":
            self._arrival = self.loop.call_later(deadlines.headers, self._head_is_late)
        else:
            self._arrival = self.loop.call_later(deadlines.body + _BODY_MARGIN, self._cut)

    def _head_is_late(self) -> None:
        self._refuse(
            RequestTimeout(f"The headers took more than {self.settings.deadlines.headers:g} seconds to arrive")
        )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._active = cycle  # uvicorn's `cycle` is the newest, which may be waiting behind this one
        self._connection = RequestConnection(cycle)
        scope: Any = cycle.scope
        scope["extensions"] = {EXTENSION: self._connection}
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        if self._active is not None:
            self._active.scope.pop(
                "extensions", None
            )  # it leads back to the scope: garbage that only a collection frees
        super().on_response_complete()

    def _answering(self) -> RequestResponseCycle | None:
        return self._active if self._active and not self._active.response_complete else None

    def _disconnect(self) -> None:
        """Tell the application that nobody takes its answer any more: writing it to a closed socket would fail."""
        if cycle := self._answering():
            cycle.disconnected = True
            cycle.message_event.set()
            if self._connection is not None:
                self._connection.left()

    def _watch_on(self) -> None:
        """Read on behind a running request while few wait there: uvicorn stops at the first, and sees no client leave.

        Not for one that still sends its body, or reads its answer slowly: neither can leave unseen.
        """
        due = self._answering()
        if due is None or due.more_body or self.flow.write_paused or self._done:
            return
        if len(self.pipeline) <= _MOST_WAITING and sum(len(one.body) for one, _ in self.pipeline) <= HIGH_WATER_LIMIT:
            self.flow.resume_reading()

    def _is_idle(self) -> bool:
        """Whether what came began no request, so that no deadline runs."""
        waited_for = self._answering() or self._arrival or self.timeout_keep_alive_task
        return not self._done and waited_for is None

    def _keep_alive(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _cut(self) -> None:
        self.transport.abort()

    def _refuse(self, error: PublicError) -> None:
        """Read no more. Answer without the application and close; where an answer is due before, that is the last."""
        self._done = True
        self._held = False
        self._expect(None)
        if self.transport.is_closing():
            return
        due = self._answering()
        if due and (due.response_started or not due.more_body):
            self.cycle.keep_alive = False
            return
        if due and self._connection is not None:
            self._connection.refused = error.status  # it has begun: it is counted at its end, by its route
        self._disconnect()
        body = encode(error_body(error))
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            f"content-type: application/json; charset=utf-8\r\ncontent-length: {len(body)}\r\n"
            f"{_RETRY if error.retryable else ''}"
            "cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
        if self.metrics is not None:
            (self.metrics.refused if due else self.metrics.refused_by_server)(error)

    @property
    def _address(self) -> str:
        return self.client[0] if self.client is not None else ""

    def _tune(self, transport: asyncio.BaseTransport) -> None:
        """Send small messages at once, and let the kernel drop a peer that reads nothing for long.

        asyncio leaves Nagle's algorithm on for sockets that were made without a protocol number: 40 ms a message.
        A closing transport would wait for a peer that does not read for ever.
        """
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            milliseconds = int(self.settings.deadlines.send * 2_000)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
