"""Requests framed to confuse: what belongs to no request, what comes too late, what asks for another protocol."""

import asyncio
from importlib import import_module

import pytest

from ops.serve.protocol import MOST_FRAMING
from tests.abuse.test_http_arrival import HEAD, QUERY, WHOLE, answer, read_answer, serving
from tests.asgi_exchange import PATIENCE

CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % len(QUERY) + QUERY + b"\r\n0\r\n"
H2C = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAA\r\n"
OFFER = HEAD + H2C + b"content-length: %d\r\n\r\n" % len(QUERY)
UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)
TOO_LARGE = (413, b"PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("line", [b"x-trailer: yyyyyyyy\r\n", b"y" * 1_000], ids=["many", "one"])
async def test_trailers_without_end_are_413(line: bytes) -> None:
    """They are read up to a bound, and kept by nobody."""
    async with serving(limits={"body_bytes": 1_024}) as server:
        trailers = line * (MOST_FRAMING * 1_024 // len(line) + 1)
        assert await answer(server, CHUNKED + b"x: " + trailers) == TOO_LARGE


async def test_chunk_extensions_without_end_are_413() -> None:
    """A body of one byte may not bring a megabyte along."""
    async with serving(limits={"body_bytes": 1_024}) as server:
        head = HEAD + b"transfer-encoding: chunked\r\n\r\n1;"
        assert await answer(server, head + b"x" * MOST_FRAMING * 1_024) == TOO_LARGE


async def test_a_body_in_chunks_of_one_byte_and_with_a_trailer_is_read() -> None:
    """What the standard allows within bounds passes."""
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in QUERY)
    async with serving() as server:
        head = HEAD + b"transfer-encoding: chunked\r\n\r\n"
        assert await answer(server, head + chunks + b"0\r\nx-trailer: y\r\n\r\n") == (200, b"hello world")


@pytest.fixture
def short_keep_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close idle connections after 0.2 seconds."""
    monkeypatch.setattr(import_module("ops.serve.run"), "_KEEP_ALIVE_SECONDS", 0.2)


@pytest.mark.usefixtures("short_keep_alive")
async def test_a_connection_that_says_nothing_new_is_closed() -> None:
    """Empty lines between requests do not hold it for ever."""
    async with serving() as server:
        reader, writer = await server.connect()
        writer.write(WHOLE)
        await read_answer(reader)
        writer.write(b"\r\n")
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()


@pytest.mark.usefixtures("short_keep_alive")
async def test_a_socket_on_a_connection_used_before_outlives_it() -> None:
    """What closes idle connections has no say over a WebSocket that came out of one."""
    async with serving() as server:
        reader, writer = await server.connect()
        writer.write(WHOLE)
        await read_answer(reader)
        writer.write(UPGRADE)
        assert b" 101 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.6)
        writer.close()


@pytest.mark.parametrize("cut", [0, 1, len(QUERY)])
async def test_an_offer_of_http_2_is_passed_over(cut: int) -> None:
    """Java's client sends it: the request is answered with its body, however split, and the connection goes on."""
    async with serving() as server:
        reader, writer = await server.connect()
        writer.write(OFFER + QUERY[:cut])
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(QUERY[cut:] + OFFER + QUERY + WHOLE)
        for _ in range(3):
            assert await read_answer(reader) == (200, b"hello world")
        writer.close()


async def test_an_answer_that_is_due_comes_before_the_end_of_a_broken_connection() -> None:
    """Nonsense behind a request neither takes its answer's place nor breaks into it."""
    async with serving() as server:
        reader, writer = await server.connect()
        writer.write(WHOLE + WHOLE + b"NONSENSE\r\n\r\n")
        for _ in range(2):
            assert await read_answer(reader) == (200, b"hello world")
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()
