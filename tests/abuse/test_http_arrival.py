"""Requests that arrive slowly, enormously, in crowds or as nonsense, over real sockets: each is cut, and told why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.asgi_exchange import PATIENCE, until
from tests.graph.http.sample import make_sample
from tests.live_server import Live, live

HEAD = b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
QUERY = b'{"query": "{ hello }"}'
WHOLE = HEAD + b"content-length: %d\r\n\r\n" % len(QUERY) + QUERY


async def test_headers_that_do_not_end_are_408() -> None:
    """A client that opens a connection and dawdles, or drips headers, is not waited for."""
    async with serving(deadlines={"headers": 0.2}) as server:
        for said in (b"", b"POST /graphql HTTP/1.1\r\nx-drip: "):
            assert await answer(server, said) == (408, b"REQUEST_TIMEOUT")


async def test_a_second_request_may_not_dawdle_either() -> None:
    """The deadline starts anew with each request of a connection."""
    async with serving(deadlines={"headers": 0.2}) as server:
        reader, writer = await server.connect()
        writer.write(WHOLE)
        assert b" 200 " in await reader.readline()
        writer.write(b"POST /gra")
        rest = await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
    assert b"HTTP/1.1 408 " in rest


async def test_two_hundred_slow_senders_are_cut_and_a_quick_one_is_served() -> None:
    """While all of them hang, another client gets its answer; then all are gone."""
    async with serving(deadlines={"headers": 0.5}) as server:
        slow = []
        for _ in range(200):  # each speaks before its time is up, however long the crowd takes to come
            slow.append(await server.connect())
            slow[-1][1].write(b"POST /graphql HTTP/1.1\r\nx: ")
        assert await answer(server, WHOLE) == (200, b"hello world")
        ends = await asyncio.wait_for(asyncio.gather(*(reader.read() for reader, _ in slow)), PATIENCE)
        for _, writer in slow:
            writer.close()
    assert all(b" 408 " in end for end in ends)


async def test_a_body_that_does_not_end_is_408() -> None:
    """By content-length and by chunks alike."""
    async with serving(deadlines={"body": 0.2}) as server:
        for framing in (b"content-length: 100\r\n\r\n{", b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"):
            assert await answer(server, HEAD + framing) == (408, b"REQUEST_TIMEOUT")


async def test_fifty_megabytes_by_length_are_413_before_they_are_read() -> None:
    """The client reads why, although it was still sending."""
    async with serving() as server:
        assert await send_much(server, HEAD + b"content-length: 52428800\r\n\r\n", b"x" * 65_536) == (
            413,
            b"PAYLOAD_TOO_LARGE",
        )


async def test_fifty_megabytes_in_chunks_are_413_when_the_limit_is_passed() -> None:
    """No declared length: counted as it comes."""
    async with serving() as server:
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        assert await send_much(server, HEAD + b"transfer-encoding: chunked\r\n\r\n", chunk) == (
            413,
            b"PAYLOAD_TOO_LARGE",
        )


async def test_connections_beyond_the_cap_are_503() -> None:
    """The one that is over is refused at once; when another leaves, there is room again."""
    async with serving(limits={"connections": 2}) as server:
        first, second = await server.connect(), await server.connect()
        await until(lambda: len(server.server.server_state.connections) == 2)
        assert await answer(server, WHOLE) == (503, b"UNAVAILABLE")
        first[1].close()
        await until(lambda: len(server.server.server_state.connections) == 1)
        assert await answer(server, WHOLE) == (200, b"hello world")
        second[1].close()


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x02\x00\x01\x00", b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"]
)
async def test_bytes_that_are_no_http_are_400(said: bytes) -> None:
    """TLS to a plain port, random text, broken headers: a coded 400."""
    async with serving() as server:
        assert await answer(server, said) == (400, b"BAD_REQUEST")


async def test_an_endless_head_is_431() -> None:
    """Headers are read up to 64 KiB, whatever their number."""
    async with serving() as server:
        line = b"x-filler: " + b"y" * 1_000 + b"\r\n"
        assert await answer(server, b"GET / HTTP/1.1\r\n" + line * 100) == (431, b"HEADERS_TOO_LARGE")


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Bounds on arrival do not disturb a client that sends ahead."""
    async with serving() as server:
        reader, writer = await server.connect()
        writer.write(
            WHOLE
            + WHOLE.replace(b"POST /graphql", b"POST /nowhere").replace(
                b"host: test", b"host: test\r\nconnection: close"
            )
        )
        text = await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
    assert text.count(b"HTTP/1.1 ") == 2
    assert text.index(b"hello world") < text.index(b"NOT_FOUND")


async def test_a_reader_that_never_reads_does_not_keep_its_stream() -> None:
    """The stream behind it ends at the send deadline, although the connection is up."""
    sample = make_sample(deadlines={"send": 0.2})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        _, writer = await server.connect()
        body = b'{"query": "subscription { flood }"}'
        writer.write(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
        async with asyncio.timeout(PATIENCE):
            await sample.witness.source_closed.wait()
        writer.transport.abort()


@asynccontextmanager
async def serving(**settings: object) -> AsyncIterator[Live]:
    """Serve the sample on a real socket."""
    sample = make_sample(**settings)
    async with live(sample.app(), sample.drain, sample.settings) as server:
        yield server


async def answer(server: Live, said: bytes) -> tuple[int, bytes]:
    """Say something on a connection of its own; return the status and the word that tells."""
    reader, writer = await server.connect()
    try:
        writer.write(said)
        return await read_answer(reader)
    finally:
        writer.transport.abort()


async def send_much(server: Live, head: bytes, piece: bytes) -> tuple[int, bytes]:
    """Send a head and up to 50 MB, as long as the server takes them; return what it answered meanwhile."""
    reader, writer = await server.connect()
    writer.write(head)

    async def pour() -> None:
        for _ in range(800):
            writer.write(piece)
            await writer.drain()

    pouring = asyncio.create_task(pour())
    try:
        return await read_answer(reader)
    finally:
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)
        writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one response; return its status and the error code, or the greeting."""
    async with asyncio.timeout(PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
    told = b"hello world" if b"hello world" in body else body.partition(b'"code":"')[2].partition(b'"')[0]
    return int(head.split()[1]), told


async def test_a_reader_that_never_reads_does_not_keep_its_connection() -> None:
    """An answer larger than every buffer, and nobody who takes it: the kernel drops the connection in the end."""
    async with serving(deadlines={"send": 0.2}) as server:
        reader, writer = await server.connect()
        body = b'{"query": "{ text(characters: 30000000) }"}'
        writer.write(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
        await reader.readline()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await until(lambda: not server.server.server_state.connections)
        writer.transport.abort()
