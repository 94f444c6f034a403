"""The stop signal over real sockets: streams say goodbye, connections close, new requests go elsewhere."""

import asyncio

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.asgi_exchange import PATIENCE
from tests.graph.http.sample import make_sample
from tests.live_server import Live, live

PROTOCOLS = [Subprotocol("graphql-transport-ws")]


def post(document: str) -> bytes:
    """Return the bytes of a POST."""
    body = b'{"query": "%s"}' % document.encode()
    return (
        b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        % len(body)
        + body
    )


async def test_open_streams_and_sockets_end_themselves_and_the_server_ends() -> None:
    """SSE gets `retry` and its end, the socket 1012 "reconnect"; idle connections are closed, the server is done."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        stream = await server.connect()
        stream[1].write(post("subscription { endless }"))
        idle = await server.connect()
        async with connect(server.socket_url, subprotocols=PROTOCOLS) as socket:
            await socket.send('{"type": "connection_init"}')
            await socket.recv()
            await socket.send('{"type": "subscribe", "id": "a", "payload": {"query": "subscription { endless }"}}')
            await socket.recv()
            await stream[0].readuntil(b'{"data":{"endless":0}}')
            server.stop()
            async with asyncio.timeout(PATIENCE):
                last = await stream[0].read()
                assert await idle[0].read() == b""
                await _closed(socket.recv())
                await server.task
        for _, writer in (stream, idle):
            writer.close()
    assert b"retry: " in last
    assert b"complete" not in last
    assert last.endswith(b"0\r\n\r\n")
    assert (socket.close_code, socket.close_reason) == (1012, "reconnect")


async def test_a_running_query_is_answered_and_its_connection_closed() -> None:
    """What began before the signal is finished, within the drain deadline."""
    sample = make_sample(deadlines={"operation": 0.4})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        reader, writer = await server.connect()
        writer.write(post("{ hello slow }"))
        await sample.witness.started.wait()
        server.stop()
        async with asyncio.timeout(PATIENCE):
            text = await reader.read()
        writer.close()
    assert b" 200 " in text
    assert b"connection: close" in text
    assert b'"hello":"hello world"' in text


async def test_a_query_that_outlives_the_drain_is_cancelled() -> None:
    """The process ends all the same, the resolver hears of it, and the client is told by a code that it may retry."""
    sample = make_sample(deadlines={"drain": 1.0})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        reader, writer = await server.connect()
        writer.write(post("{ slow }"))
        await sample.witness.started.wait()
        server.stop()
        async with asyncio.timeout(PATIENCE):
            await server.task
            await sample.witness.cancelled.wait()
            text = await reader.read()
        writer.close()
    assert text.startswith(b"HTTP/1.1 503 ")
    assert b"connection: close" in text
    assert b'"code":"UNAVAILABLE"' in text


async def test_a_stream_that_outlives_the_drain_is_cut() -> None:
    """It has begun, so no status can tell: the chunked body stays without its end, and without `complete`."""
    sample = make_sample(deadlines={"drain": 1.0})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        reader, writer = await server.connect()
        writer.write(post("{ slow }").replace(b"host: test", b"host: test\r\naccept: text/event-stream"))
        await sample.witness.started.wait()
        server.stop()
        async with asyncio.timeout(PATIENCE):
            await server.task
            text = await reader.read()
        writer.close()
    assert text.startswith(b"HTTP/1.1 200 ")
    assert b"complete" not in text
    assert not text.endswith(b"0\r\n\r\n")


async def test_a_request_during_the_drain_is_503_and_closes() -> None:
    """On a connection that is still open; the liveness probe alone is answered as before."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        sample.drain.begin()
        text = await _exchange(server, post("{ hello }"))
        ready = await _exchange(server, b"GET /readyz HTTP/1.1\r\nhost: test\r\n\r\n")
        alive = await _exchange(server, b"GET /livez HTTP/1.1\r\nhost: test\r\n\r\n")
    assert b" 503 " in text
    assert b"connection: close" in text
    assert b"retry-after: " in text
    assert b" 503 " in ready
    assert b" 200 " in alive


async def _exchange(server: Live, said: bytes) -> bytes:
    reader, writer = await server.connect()
    writer.write(said)
    async with asyncio.timeout(PATIENCE):
        text = await reader.read()
    writer.close()
    return text


async def _closed(receiving: object) -> None:
    try:
        await receiving  # type: ignore[misc]
    except ConnectionClosed:
        return
    raise AssertionError("the socket went on")
