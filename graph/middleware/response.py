"""The response of one request, on its way out: whoever makes it, its head is completed here.

Every head says that types are not to be guessed and that nothing is to be stored unless the response itself allows it,
carries the request's id and the permission for its origin, and during the drain closes the connection behind it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from time import perf_counter

from starlette.types import Message, Send

from graph.drain import Drain
from graph.http.connection import Connection, Header
from graph.middleware.cors import Permission
from graph.middleware.request_id import HEADER
from ops.metrics.requests import CLIENT_LEFT, RequestTimes

NOSNIFF = (b"x-content-type-options", b"nosniff")
NO_STORE = (b"cache-control", b"no-store")
CLOSE = (b"connection", b"close")
_OK = 200
_MOST_WRITTEN = 200  # heads: types times policies times origins of the settings


class Response:
    """An ASGI `send` that also takes a response whole; `started` says whether one has begun.

    What is answered is counted among `times` as it begins: with the seconds since the request came.
    """

    __slots__ = ("_begun", "_connection", "_drain", "_permission", "_request_id", "_send", "_times", "started")

    def __init__(
        self,
        send: Send,
        connection: Connection | None,
        request_id: str,
        permission: Permission | None,
        drain: Drain,
        times: RequestTimes,
    ) -> None:
        self._begun = perf_counter()
        self._times = times
        self.started = False
        self._send = send
        self._connection = connection
        self._request_id = request_id
        self._permission = permission
        self._drain = drain

    async def __call__(self, message: Message) -> None:
        """Send one message."""
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = self._complete(message.get("headers", ()))
            self._count(message["status"])
        await self._send(message)

    async def send_whole(self, status: int, headers: Sequence[Header], body: bytes) -> None:
        """Send a response in one write where the server can do that."""
        if self._connection is not None:
            self.started = True
            if self._connection.respond(status, self._complete(headers), body):
                self._count(status)
                return
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})

    def send_ready(self, common: tuple[Header, ...], body: bytes) -> bool:
        """Write an answer under 200 at once, its head what many have in common; False where it is to be sent.

        Only its length and its id are added, beside what every head says.
        """
        connection = self._connection
        if connection is None or self._drain.begun.is_set():
            return False
        self.started = True
        own = b"content-length: %d\r\n%b: %b\r\n" % (len(body), HEADER, self._request_id.encode())
        written = connection.respond_ready(_written(common, self._permission) + own, body)
        if written:
            self._count(_OK)
        return written

    def end(self) -> None:
        """Count a request that ends without an answer of the application's.

        Nobody was there any more to have one, or the server gave one, for a body that cannot be read.
        """
        if not self.started:
            refused = self._connection.refused if self._connection is not None else None
            self._count(refused or CLIENT_LEFT)

    def _count(self, status: int) -> None:
        self._times.note(status, perf_counter() - self._begun, self._request_id)

    def _complete(self, headers: Iterable[Header]) -> list[Header]:
        fields = complete(headers, self._permission)
        fields.append((HEADER, self._request_id.encode()))
        if self._drain.begun.is_set() and all(name != CLOSE[0] for name, _ in fields):
            fields.append(CLOSE)
        return fields


def complete(headers: Iterable[Header], permission: Permission | None) -> list[Header]:
    """Return a head with what all heads of an origin's responses say, whichever request they answer."""
    fields = [*headers]
    names = {name for name, _ in fields}
    if NOSNIFF[0] not in names:
        fields.append(NOSNIFF)
    if NO_STORE[0] not in names:
        fields.append(NO_STORE)
    return permission.complete(fields) if permission is not None else fields


@lru_cache(maxsize=_MOST_WRITTEN)
def _written(common: tuple[Header, ...], permission: Permission | None) -> bytes:
    return b"".join([b"%b: %b\r\n" % field for field in complete(common, permission)])
