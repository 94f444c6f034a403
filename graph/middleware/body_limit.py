"""Bodies within bounds: so many bytes, sent within so many seconds, by their declared length and by what arrives."""

import asyncio

from starlette.types import Message, Receive, Scope

from graph.http.connection import Connection
from ops.errors import BadRequest, PayloadTooLarge, RequestTimeout

LENGTH = b"content-length"
_LONGEST_NUMBER = 20  # digits of 2^64


class BoundedBody:
    """An ASGI `receive` that raises PayloadTooLarge or RequestTimeout; `seconds` count from its making."""

    __slots__ = ("_connection", "_deadline", "_most_bytes", "_receive", "_received", "_seconds", "_whole")

    def __init__(self, receive: Receive, connection: Connection | None, most_bytes: int, seconds: float) -> None:
        self._receive = receive
        self._connection = connection
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._received = 0
        self._whole = False

    async def __call__(self) -> Message:
        """Receive one message; after the body comes the client's leave, which has no deadline."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise RequestTimeout(f"The body took more than {self._seconds:g} seconds to arrive") from None
        self._received += len(message.get("body", b""))
        check_length(self._received, self._most_bytes)
        self._whole = not message.get("more_body", False)
        return message

    def take(self) -> bytes | None:
        """Return the body if all of it is there; otherwise None, and it is to be received."""
        body = self._connection.take_body() if self._connection is not None else None
        if body is not None:
            check_length(len(body), self._most_bytes)
            self._whole = True
        return body


def check_declared(scope: Scope, most_bytes: int) -> None:
    """Refuse by the declared length at once, before a byte is read. Raises BadRequest or PayloadTooLarge."""
    for name, value in scope["headers"]:
        if name == LENGTH:
            check_length(_read_length(value), most_bytes)
            return


def check_length(number: int, most_bytes: int) -> None:
    """Raise PayloadTooLarge for more bytes than are taken."""
    if number > most_bytes:
        raise PayloadTooLarge(f"The body has more than {most_bytes:,} bytes", limit=most_bytes)


def is_length(digits: bytes) -> bool:
    """Whether a declared length is one that may be read at all."""
    return digits.isdigit() and len(digits) <= _LONGEST_NUMBER


def _read_length(digits: bytes) -> int:
    if not is_length(digits):
        raise BadRequest("content-length is not a number of bytes")
    return int(digits)
