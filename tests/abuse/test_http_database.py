"""Clients that leave and operations that run late while PostgreSQL works for them: its statement ends too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec
import strawberry
from strawberry.types import Info
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from graph.documents.admission import Documents
from graph.drain import Drain
from graph.engine import Engine
from graph.http.health import Readiness
from graph.routes import build_routes
from loaders.context import RequestContext, instant
from ops.metrics import make_metrics
from ops.settings import Settings
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session
from tests.asgi_exchange import PATIENCE, with_lifespan
from tests.live_server import Live, live

SLEEP = "SELECT pg_sleep(60)"
SLEEPING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep' AND query = $1
"""


@strawberry.type
class Query:
    """A field that keeps PostgreSQL busy."""

    @strawberry.field
    async def sleep(self, info: Info[RequestContext, None]) -> str | None:
        """Sleep on the server."""
        await info.context.session.fetch("sleep", SLEEP)
        return "awake"

    @strawberry.field
    async def now(self) -> str | None:
        """Answer at once."""
        return "now"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Live]:
    """Serve the schema above over a real database and a real socket."""
    schema = strawberry.Schema(query=Query)._schema
    drain, metrics = Drain(), make_metrics()
    documents = Documents(schema, settings.limits, introspection=True, suggestions=True)
    async with open_database(settings) as database:

        def context() -> RequestContext:
            session = Session(database, Deadline.after(settings.deadlines.operation))
            return RequestContext(session, settings, instant(settings))

        engine = Engine(schema, documents, context, metrics, settings.deadlines.operation)
        routes = build_routes(engine, settings, drain, metrics, Readiness((), 1.0))

        async with live(with_lifespan(routes), drain, settings) as server:
            yield server


def post(document: str) -> bytes:
    """Return the bytes of a POST of one document."""
    body = msgspec.json.encode({"query": document})
    return (
        b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body
    )


async def sleeping(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    """Count the sleeps that run on the server."""
    found: int = await connection.fetchval(SLEEPING, SLEEP)
    return found


async def wait_for(connection: "asyncpg.Connection[asyncpg.Record]", count: int) -> None:
    """Wait until so many sleeps run on the server."""
    async with asyncio.timeout(PATIENCE):
        while await sleeping(connection) != count:  # noqa: ASYNC110 - another process's doing has no event
            await asyncio.sleep(0.02)


@asynccontextmanager
async def watched(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Connect beside the application, to see what runs."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_a_client_that_leaves_stops_its_sql(plain_database_url: str) -> None:
    """Closing the connection cancels the statement on the server, for each of ten clients."""
    settings = Settings.model_validate({"database_url": plain_database_url})
    async with serving(settings) as server, watched(plain_database_url) as connection:
        clients = [await server.connect() for _ in range(10)]
        for _, writer in clients:
            writer.write(post("{ sleep }"))
        await wait_for(connection, 10)
        for _, writer in clients:
            writer.transport.abort()
        await wait_for(connection, 0)


async def test_a_socket_that_is_closed_stops_its_sql(plain_database_url: str) -> None:
    """So does `complete` for one operation, and the end of the socket for all of them."""
    settings = Settings.model_validate({"database_url": plain_database_url})
    async with serving(settings) as server, watched(plain_database_url) as connection:
        async with connect(server.socket_url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
            await socket.send('{"type": "connection_init"}')
            for operation_id in ("a", "b"):
                message = {"type": "subscribe", "id": operation_id, "payload": {"query": "{ sleep }"}}
                await socket.send(msgspec.json.encode(message).decode())
            await wait_for(connection, 2)
            await socket.send('{"type": "complete", "id": "a"}')
            await wait_for(connection, 1)
        await wait_for(connection, 0)


async def test_the_operation_deadline_reaches_the_server(plain_database_url: str) -> None:
    """The late field is coded, the other stands, and PostgreSQL works no longer for nobody."""
    settings = Settings.model_validate({"database_url": plain_database_url, "deadlines": {"operation": 0.5}})
    async with serving(settings) as server, watched(plain_database_url) as connection:
        reader, writer = await server.connect()
        writer.write(post("{ now sleep }"))
        async with asyncio.timeout(PATIENCE):
            text = await reader.read()
        writer.close()
        await wait_for(connection, 0)
    assert b'"code":"DEADLINE_EXCEEDED"' in text
    assert b'"data":{"now":"now","sleep":null}' in text


async def test_the_server_stops_while_postgresql_works(plain_database_url: str) -> None:
    """At the end of the drain the statements are cancelled, and the pool closes without waiting for them."""
    settings = Settings.model_validate({"database_url": plain_database_url, "deadlines": {"drain": 1.0}})
    async with serving(settings) as server, watched(plain_database_url) as connection:
        _, writer = await server.connect()
        writer.write(post("{ sleep }"))
        await wait_for(connection, 1)
        server.stop()
        async with asyncio.timeout(PATIENCE):
            await server.task
        await wait_for(connection, 0)
        writer.close()
