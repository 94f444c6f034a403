"""Bodies within bounds: so many bytes, sent within so many seconds, by their declared length and by what arrives."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ops.errors import BadRequest, PayloadTooLarge, RequestTimeout


class BodyLimit:
    """Hands the application a `receive` that raises PayloadTooLarge or RequestTimeout."""

    def __init__(self, app: ASGIApp, most_bytes: int, seconds: float) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse by the declared length at once, before a byte is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length")
        if declared is not None:
            self._check(_read_length(declared))
        await self._app(scope, self._bounded(receive), send)

    def _bounded(self, receive: Receive) -> Receive:
        deadline = asyncio.get_running_loop().time() + self._seconds
        received = 0
        whole = False

        async def receive_bounded() -> Message:
            nonlocal received, whole
            if whole:  # what comes now is the client leaving, which has no deadline
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise RequestTimeout(f"The body took more than {self._seconds:g} seconds to arrive") from None
            received += len(message.get("body", b""))
            self._check(received)
            whole = not message.get("more_body", False)
            return message

        return receive_bounded

    def _check(self, number: int) -> None:
        if number > self._most_bytes:
            raise PayloadTooLarge(f"The body has more than {self._most_bytes:,} bytes", limit=self._most_bytes)


def _read_length(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 20:  # noqa: PLR2004 - digits of 2^64
        raise BadRequest("content-length is not a number of bytes")
    return int(text)
