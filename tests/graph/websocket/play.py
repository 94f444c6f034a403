"""A socket to the sample application, in this process, opened and acknowledged where a test wants that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.asgi_exchange import Exchange, exchange, socket_scope
from tests.graph.http.sample import Sample


@asynccontextmanager
async def opened(sample: Sample, **headers: str) -> AsyncIterator[Exchange]:
    """Open a socket: the handshake is over, nothing has been said."""
    async with exchange(sample.app(), socket_scope(**headers)) as played:
        played.send({"type": "websocket.connect"})
        accepted = await played.next()
        assert (accepted["type"], accepted["subprotocol"]) == ("websocket.accept", "graphql-transport-ws")
        yield played


@asynccontextmanager
async def acknowledged(sample: Sample) -> AsyncIterator[Exchange]:
    """Open a socket and initialise it."""
    async with opened(sample) as played:
        played.say({"type": "connection_init"})
        assert await played.heard() == {"type": "connection_ack"}
        yield played


def subscribe(operation_id: str, document: str, **more: object) -> dict[str, object]:
    """Return a `subscribe` message."""
    return {"type": "subscribe", "id": operation_id, "payload": {"query": document, **more}}
