"""uvicorn's HTTP protocol with bounds: how many connections, how long a request may take to arrive, how large its head.

uvicorn itself waits for ever for the end of a request's headers, and reads on for as long as a client sends them.
"""

import asyncio
import socket
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.http.responses import RETRY_AFTER, encode, error_body
from ops.errors import BadRequest, HeadersTooLarge, PublicError, RequestTimeout, Unavailable
from ops.settings import Settings

MOST_HEAD_BYTES = 65_536
_RETRY = f"retry-after: {RETRY_AFTER}\r\n"
_BODY_MARGIN = 5.0  # past its own deadline, a body is answered with a coded error; only then is the connection cut


def bounded_protocol(settings: Settings) -> type[HttpToolsProtocol]:
    """Return the protocol class for these settings; uvicorn makes one instance for each connection."""
    return cast("type[HttpToolsProtocol]", type("BoundedProtocol", (_BoundedProtocol,), {"settings": settings}))


class _BoundedProtocol(HttpToolsProtocol):
    settings: Settings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arrival: asyncio.TimerHandle | None = None
        self._head_bytes: int | None = 0
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self._tune(transport)
        limit = self.settings.limits.connections
        if len(self.connections) > limit:
            self._refuse(Unavailable("The server has as many connections as it takes; ask again"))
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self._refuse(HeadersTooLarge(f"The request's head has more than {MOST_HEAD_BYTES:,} bytes"))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_bytes = None
        self._expect_nothing()
        self._arrival = self.loop.call_later(self.settings.deadlines.body + _BODY_MARGIN, self._cut)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._expect_nothing()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._expect_nothing()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest(msg))

    def _expect_head(self) -> None:
        self._expect_nothing()
        self._arrival = self.loop.call_later(self.settings.deadlines.headers, self._head_is_late)

    def _expect_nothing(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _head_is_late(self) -> None:
        self._refuse(
            RequestTimeout(f"The headers took more than {self.settings.deadlines.headers:g} seconds to arrive")
        )

    def _cut(self) -> None:
        self.transport.abort()

    def _refuse(self, error: PublicError) -> None:
        """Answer without the application, and close."""
        self._refused = True
        self._expect_nothing()
        if self.transport.is_closing():
            return
        body = encode(error_body(error))
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            f"content-type: application/json; charset=utf-8\r\ncontent-length: {len(body)}\r\n"
            f"{_RETRY if error.retryable else ''}"
            "cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

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
