"""One socket, from its handshake to its close. Whoever ends it raises Close; everything it started ends with it."""

import asyncio

import structlog
from starlette.types import Receive, Scope, Send

from graph.caller import introduction
from graph.drain import Drain
from graph.engine import Engine
from graph.websocket import messages
from graph.websocket.handshake import PROTOCOL, find_objection, refuse
from graph.websocket.messages import BAD_MESSAGE, INIT_TIMEOUT, REPEATED_INIT, RESTART, UNAUTHORIZED, Close
from graph.websocket.operations import Operations
from graph.websocket.outbox import Outbox
from ops.settings import Settings

log = structlog.get_logger()
_CLOSE_SECONDS = 1.0


class Gone(Exception):
    """The client closed the socket, or its connection broke."""


class WebSocketEndpoint:
    """An ASGI application for WebSocket connections."""

    def __init__(self, engine: Engine, settings: Settings, drain: Drain) -> None:
        self._engine = engine
        self._settings = settings
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until either side ends it."""
        await receive()  # websocket.connect
        objection = find_objection(scope, self._settings.cors_origins, draining=self._drain.begun.is_set())
        if objection is not None:
            await refuse(scope, send, objection)
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        with self._drain.open_stream():
            connection = _Connection(self._engine, self._settings, self._drain, receive, send)
            close = await connection.run(scope["state"]["request_id"], introduction(scope["headers"]).client)
            if close is None:
                return
            log.info("socket_closed", id=scope["state"]["request_id"], code=close.code, reason=close.reason)
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await send({"type": "websocket.close", "code": close.code, "reason": close.reason})
            except (TimeoutError, OSError):  # the reader is slow or gone; the server drops the connection after us
                return


class _Connection:
    def __init__(self, engine: Engine, settings: Settings, drain: Drain, receive: Receive, send: Send) -> None:
        self._engine = engine
        self._settings = settings
        self._drain = drain
        self._receive = receive
        self._outbox = Outbox(send, settings.deadlines.send)
        self._acknowledged = asyncio.Event()

    async def run(self, request_id: str, client: str | None) -> Close | None:
        """Run until somebody raises Close or Gone; return the Close, or None when the client has gone."""
        ended: BaseExceptionGroup[BaseException] | None = None
        try:
            async with asyncio.TaskGroup() as group:
                operations = Operations(
                    self._engine, self._outbox, group, self._settings.limits.socket_operations, client
                )
                group.create_task(self._outbox.run())
                group.create_task(self._expect_init())
                group.create_task(self._end_with_drain(operations))
                group.create_task(self._read(operations, request_id))
        except* (Close, Gone, OSError) as ends:
            ended = ends
        return next((end for end in _leaves(ended) if isinstance(end, Close)), None) if ended else None

    async def _expect_init(self) -> None:
        try:
            async with asyncio.timeout(self._settings.deadlines.socket_init):
                await self._acknowledged.wait()
        except TimeoutError:
            raise Close(INIT_TIMEOUT, "Connection initialisation timeout") from None

    async def _end_with_drain(self, operations: Operations) -> None:
        """Close without `complete`: clients take that for the end, and 1012 for a reason to connect again."""
        await self._drain.begun.wait()
        await operations.finish_short(self._settings.deadlines.drain / 4)
        await self._outbox.flush()
        raise Close(RESTART, "reconnect")

    async def _read(self, operations: Operations, request_id: str) -> None:
        while True:
            received = await self._receive()
            if received["type"] == "websocket.disconnect":
                raise Gone
            message = messages.read_message(received, self._settings.limits)
            await self._handle(message, operations, request_id)

    async def _handle(self, message: messages.ClientMessage, operations: Operations, request_id: str) -> None:
        limits = self._settings.limits
        match message.type:
            case "connection_init":
                messages.read_payload(message, limits)
                if self._acknowledged.is_set():
                    raise Close(REPEATED_INIT, "Too many initialisation requests")
                self._acknowledged.set()
                await self._outbox.put(messages.ack())
            case "ping":
                await self._outbox.put(messages.pong(messages.read_payload(message, limits)))
            case "pong":
                messages.read_payload(message, limits)
            case "subscribe":
                operation_id, request = messages.read_id(message), messages.read_request(message, limits)
                if not self._acknowledged.is_set():
                    raise Close(UNAUTHORIZED, "Unauthorized")
                await operations.start(operation_id, request, f"{request_id}/{operation_id}")
            case "complete":
                operations.cancel(messages.read_id(message))
            case _:
                raise Close(BAD_MESSAGE, f"No message of the protocol has the type {message.type[:50]!r}")


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found.extend(_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return found
