"""uvicorn's WebSocket protocol, which answers and counts every handshake that it refuses before the application.

uvicorn leaves a handshake unanswered, its connection open without a deadline, where the library behind it takes fewer
or shorter header fields than the server did.
"""

from http import HTTPStatus
from typing import ClassVar, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from ops.errors import BadRequest, HeadersTooLarge, Internal, MethodNotAllowed, PublicError
from ops.metrics import Metrics

_ERRORS: dict[int, type[PublicError]] = {
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
    HTTPStatus.REQUEST_URI_TOO_LONG: HeadersTooLarge,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: HeadersTooLarge,
    HTTPStatus.INTERNAL_SERVER_ERROR: Internal,
}


def counted_sockets(metrics: Metrics | None) -> type[WebSocketsSansIOProtocol]:
    """Return the protocol class; uvicorn makes one instance for each WebSocket."""
    return cast("type[WebSocketsSansIOProtocol]", type("CountedSockets", (_CountedSockets,), {"metrics": metrics}))


class _CountedSockets(WebSocketsSansIOProtocol):
    metrics: ClassVar[Metrics | None]

    def data_received(self, data: bytes) -> None:
        """Take what came; the first of it is the whole head, as our HTTP protocol read it."""
        super().data_received(data)
        if not self.handshake_initiated:
            self._refuse_head()

    def handle_connect(self, event: Request) -> None:
        """Begin, or refuse, as the library says."""
        super().handle_connect(event)
        if self.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._count(self.response.status_code)

    def send_500_response(self) -> None:
        """Answer for an application that ended, or was ended, without an answer of its own."""
        if not self.initial_response and not self.handshake_complete:
            self._count(HTTPStatus.INTERNAL_SERVER_ERROR)
        super().send_500_response()

    def _refuse_head(self) -> None:
        """Send what the library has to say of a head that it cannot take, and close."""
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        output = b"".join(self.conn.data_to_send())
        if not output:
            self.conn.send_response(self.conn.reject(HTTPStatus.BAD_REQUEST, "The handshake cannot be read\n"))
            output = b"".join(self.conn.data_to_send())
        self.transport.write(output)
        self.transport.close()
        self._count(int(output.split(b" ", 2)[1]))

    def _count(self, status: int) -> None:
        if self.metrics is not None:
            error = _ERRORS.get(status, BadRequest)("The handshake was refused")
            self.metrics.refused_by_server(error, status)
