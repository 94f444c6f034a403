"""One ASGI exchange played by hand: what the client sends, when it leaves, how slowly it reads."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATIENCE = 30.0
"""Seconds after which a test gives up waiting; no sound test comes near."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that tells nobody when it happens."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is looked at belongs to others and has no event
            await asyncio.sleep(0.01)


class Exchange:
    """The client's side of one request or socket."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None]
        self.reading = asyncio.Event()
        self.reading.set()
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()

    def send(self, message: Message) -> None:
        """Give the application a message."""
        self._to_app.put_nowait(message)

    def say(self, value: object) -> None:
        """Send a WebSocket text frame: a value as JSON."""
        self.send({"type": "websocket.receive", "text": msgspec.json.encode(value).decode()})

    async def next(self) -> Message:
        """Return the application's next message; what the application raises instead is raised here."""
        coming = asyncio.ensure_future(self._from_app.get())
        await asyncio.wait({coming, self.task}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return coming.result()
        coming.cancel()
        assert self.task.done(), "the application said nothing"
        self.task.result()
        raise AssertionError("the application ended and said nothing")

    async def heard(self) -> Any:
        """Return the value of the next WebSocket text frame."""
        message = await self.next()
        assert message["type"] == "websocket.send", message
        return msgspec.json.decode(message["text"])

    async def closed(self) -> tuple[int, str]:
        """Skip frames until the socket is closed; return code and reason."""
        while (message := await self.next())["type"] != "websocket.close":
            pass
        return message["code"], message["reason"]

    async def ended(self) -> None:
        """Wait until the application is done with the exchange."""
        async with asyncio.timeout(PATIENCE):
            await self.task

    async def _receive(self) -> Message:
        return await self._to_app.get()

    async def _send(self, message: Message) -> None:
        await self.reading.wait()
        self._from_app.put_nowait(message)


@asynccontextmanager
async def exchange(app: ASGIApp, scope: dict[str, Any]) -> AsyncIterator[Exchange]:
    """Run the application on a scope; whatever still runs at the end is cancelled."""
    played = Exchange()
    played.task = asyncio.create_task(_run(app, scope, played))
    try:
        yield played
    finally:
        played.task.cancel()
        await asyncio.gather(played.task, return_exceptions=True)


async def _run(app: ASGIApp, scope: dict[str, Any], played: Exchange) -> None:
    await app(scope, played._receive, played._send)


def http_scope(method: str = "POST", **headers: str) -> dict[str, Any]:
    """Return the scope of a request to the endpoint; underscores in header names stand for dashes."""
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": "/graphql",
        "query_string": b"",
        "headers": fields,
        "root_path": "",
    }


def socket_scope(*subprotocols: str, **headers: str) -> dict[str, Any]:
    """Return the scope of a handshake at the endpoint."""
    scope = http_scope("GET", **({"host": "test"} | headers))
    return scope | {
        "type": "websocket",
        "subprotocols": list(subprotocols or ("graphql-transport-ws",)),
        "extensions": {"websocket.http.response": {}},
    }


def with_lifespan(app: ASGIApp) -> ASGIApp:
    """Let an application for requests be served as a whole one, with a lifespan that opens nothing."""

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    return whole
