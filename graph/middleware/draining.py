"""After the stop signal: new requests are sent elsewhere, and connections close behind their last response."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.drain import Drain
from ops.errors import Unavailable

ALIVE_PATH = "/livez"


class Draining:
    """Raises Unavailable for requests that come during the drain, and for those that the server cancels at its end.

    Only the liveness probe still gets its answer.
    """

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on and close its connection if the drain began meanwhile."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start" and self._drain.begun.is_set():
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        if self._drain.begun.is_set() and scope["path"] != ALIVE_PATH:
            raise Unavailable("The server is stopping; ask again, another one will answer")
        try:
            await self._app(scope, receive, send_and_close)
        except asyncio.CancelledError:
            if not self._drain.begun.is_set():
                raise
            raise Unavailable("The server is stopping and could not finish; ask again, another one will") from None
