"""What the server refuses by itself, past its application, is answered, ends, and is counted once."""

import asyncio

import pytest

from tests.asgi_exchange import PATIENCE
from tests.graph.http.sample import make_sample
from tests.graph.http.served import served
from tests.graph.http.test_request_counts import counted, errors, told

SHAKE = (
    b"GET /graphql HTTP/1.1\r\nhost: test\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
)
CHUNKED = (
    b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
)


@pytest.mark.parametrize(
    ("packet", "status", "code"),
    [
        (SHAKE.replace(b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n", b""), 400, "BAD_REQUEST"),
        (SHAKE.replace(b"version: 13", b"version: 8"), 400, "BAD_REQUEST"),
        (SHAKE.replace(b"GET", b"POST"), 405, "METHOD_NOT_ALLOWED"),
        (SHAKE + b"x: " + b"y" * 9_000 + b"\r\n", 431, "HEADERS_TOO_LARGE"),
        (SHAKE + b"".join(b"x%d: y\r\n" % number for number in range(200)), 431, "HEADERS_TOO_LARGE"),
        (SHAKE.replace(b"/graphql", b"/" + b"x" * 9_000), 414, "HEADERS_TOO_LARGE"),
    ],
)
async def test_a_handshake_that_the_library_refuses_is_answered_and_counted(
    packet: bytes, status: int, code: str
) -> None:
    """It gets a status and the connection's end, whichever part of the head is wrong."""
    async with served(make_sample()) as door:
        reader, writer = await door.connect()
        writer.write(packet + b"\r\n")
        async with asyncio.timeout(PATIENCE):
            answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert told(door.sample.metrics) == {("other", "other", str(status)): 1}
        assert errors(door.sample.metrics) == {(code, "client"): 1}
        assert door.sample.metrics.presence.sockets == 0


async def test_a_body_that_breaks_off_into_nonsense_is_one_answer() -> None:
    """Its request had begun: it is counted by its route, under the status that went over the wire."""
    async with served(make_sample()) as door:
        reader, writer = await door.connect()
        writer.write(CHUNKED + b'5\r\n{"que\r\n')
        while not door.called:  # noqa: ASYNC110 - the request has begun when the application was called
            await asyncio.sleep(0.001)
        writer.write(b"nonsense\r\n")
        async with asyncio.timeout(PATIENCE):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        await counted(door.sample.metrics, {("POST", "/graphql", "400"): 1})
        assert errors(door.sample.metrics) == {("BAD_REQUEST", "client"): 1}
