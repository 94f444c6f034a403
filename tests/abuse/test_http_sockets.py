"""WebSockets over real connections: what the frame layer refuses, silent peers, crowds that come and go."""

import asyncio
import base64
import os

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.asgi_exchange import PATIENCE, until
from tests.graph.http.sample import make_sample
from tests.live_server import Live, live

PROTOCOLS = [Subprotocol("graphql-transport-ws")]
INIT = '{"type": "connection_init"}'


async def test_close_codes_reach_a_real_client() -> None:
    """4400 and 4401 as the protocol has them; 1009 and 1007 where the frame itself is wrong."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        assert await code_after(server, "[1,2]") == 4400
        assert await code_after(server, b"\x00binary") == 4400
        assert await code_after(server, '{"type":"subscribe","id":"a","payload":{"query":"{hello}"}}') == 4401
        assert await code_after(server, '"' + "x" * 2_000_000 + '"') == 1009
        assert await code_after(server, b'"\xff\xfe"', text=True) == 1007


@pytest.mark.parametrize(
    ("origin", "protocols", "status"),
    [("https://evil.example", PROTOCOLS, 403), (None, [Subprotocol("graphql-ws")], 400), (None, None, 400)],
)
async def test_refused_handshakes_are_http_errors_in_json(
    origin: str | None, protocols: list[Subprotocol] | None, status: int
) -> None:
    """A client sees a status and a coded body, not a socket that dies."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.socket_url, origin=Origin(origin) if origin else None, subprotocols=protocols)
    assert refused.value.response.status_code == status
    assert b'"code":' in (refused.value.response.body or b"")


async def test_a_peer_that_answers_no_ping_is_dropped() -> None:
    """A half-open connection looks exactly so: it takes bytes and never speaks. What it ran ends."""
    sample = make_sample(deadlines={"socket_ping": 0.2})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        reader, writer = await server.connect()
        key = base64.b64encode(os.urandom(16))
        writer.write(
            b"GET /graphql HTTP/1.1\r\nhost: test\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n"
            b"sec-websocket-key: " + key + b"\r\n\r\n"
        )
        assert b" 101 " in await reader.readline()
        writer.write(masked(INIT.encode()))
        writer.write(masked(b'{"type":"subscribe","id":"a","payload":{"query":"subscription { endless }"}}'))
        async with asyncio.timeout(PATIENCE):
            await sample.witness.source_closed.wait()
        writer.transport.abort()


async def test_a_reader_that_never_reads_loses_its_socket() -> None:
    """Its queue is bounded, its send has a deadline, and its subscription ends."""
    sample = make_sample(deadlines={"send": 0.2})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        async with asyncio.timeout(PATIENCE):
            socket = await connect(server.socket_url, subprotocols=PROTOCOLS, max_queue=1, close_timeout=0.1)
            await socket.send(INIT)
            await socket.send('{"type":"subscribe","id":"a","payload":{"query":"subscription { flood }"}}')
            await sample.witness.source_closed.wait()
        socket.transport.abort()


async def test_crowds_that_come_and_go_leave_nothing() -> None:
    """A hundred sockets connect, subscribe and are cut: no task, context or connection remains."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        before = len(asyncio.all_tasks())
        for _ in range(100):
            async with connect(server.socket_url, subprotocols=PROTOCOLS) as socket:
                await socket.send(INIT)
                await socket.send('{"type":"subscribe","id":"a","payload":{"query":"subscription { endless }"}}')
                await socket.recv()
                await socket.recv()
                socket.transport.abort()
        await until(lambda: not server.server.server_state.connections and len(asyncio.all_tasks()) <= before)
        assert await sample.drain.wait_empty(PATIENCE)
    assert all(context.closed for context in sample.witness.contexts)


async def code_after(server: Live, frame: str | bytes, *, text: bool | None = None) -> int:
    """Open a socket, send one frame, return the code with which the server closed."""
    async with connect(server.socket_url, subprotocols=PROTOCOLS) as socket:
        await socket.send(frame, text=text)
        with pytest.raises(ConnectionClosedError) as closed:
            await asyncio.wait_for(socket.recv(), PATIENCE)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def masked(payload: bytes) -> bytes:
    """Return a client's text frame of at most 125 bytes, masked with zeros."""
    return bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload
