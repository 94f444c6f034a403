"""What our server offers beyond ASGI, over real sockets: whole bodies, answers in one write, clients that leave."""

import asyncio

import pytest

from tests.asgi_exchange import PATIENCE, until
from tests.graph.http.sample import make_sample
from tests.live_server import Live, live


def post(document: str, *headers: bytes, method: bytes = b"POST") -> bytes:
    """Return the bytes of a request."""
    body = b'{"query": "%s"}' % document.encode()
    lines = [b"host: test", b"content-type: application/json", b"content-length: %d" % len(body), *headers]
    return method + b" /graphql HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body


async def said(server: Live, *pieces: bytes) -> bytes:
    """Send pieces, each on its own, and read until the server closes."""
    reader, writer = await server.connect()
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)
    async with asyncio.timeout(PATIENCE):
        text = await reader.read()
    writer.close()
    return text


@pytest.mark.parametrize("cut", [0, 20, 100, 150])
async def test_a_request_in_pieces_is_answered_as_a_whole_one(cut: int) -> None:
    """Cut in its head, or in its body: the same answer, received instead of taken."""
    sample = make_sample()
    request = post("{ hello }", b"connection: close")
    async with live(sample.app(), sample.drain, sample.settings) as server:
        text = await said(server, request[:cut], request[cut:])
    assert text.startswith(b"HTTP/1.1 200 OK\r\n")
    assert text.endswith(b'\r\n\r\n{"data":{"hello":"hello world"}}')


async def test_pipelined_requests_are_answered_in_order_and_each_is_closed_as_it_asks() -> None:
    """Three in one packet, the last of which closes: three whole answers, and the end."""
    sample = make_sample()
    asked = [post(f'{{ hello(name: \\"{name}\\") }}') for name in "ab"] + [post("{ hello }", b"connection: close")]
    async with live(sample.app(), sample.drain, sample.settings) as server:
        text = await said(server, b"".join(asked))
    assert text.count(b"HTTP/1.1 200 OK\r\n") == 3
    positions = [text.index(name) for name in (b'"hello a"', b'"hello b"', b'"hello world"')]
    assert positions == sorted(positions)
    assert text.count(b"connection: close") == 1


async def test_an_answer_to_head_has_no_body() -> None:
    """Its length is told all the same."""
    sample = make_sample()
    request = b"HEAD /livez HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"
    async with live(sample.app(), sample.drain, sample.settings) as server:
        text = await said(server, request)
    assert text.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: 18\r\n" in text
    assert text.endswith(b"\r\n\r\n")


async def test_a_client_that_leaves_behind_a_queued_request_cancels_the_running_one() -> None:
    """The second request is in the queue, so reading would pause; the client's end is seen all the same."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        _, writer = await server.connect()
        writer.write(post("{ slow }") + post("{ hello }"))
        async with asyncio.timeout(PATIENCE):
            await sample.witness.started.wait()
            writer.transport.abort()
            await sample.witness.cancelled.wait()
        await until(lambda: all(context.closed for context in sample.witness.contexts))


async def test_a_body_that_ends_too_late_is_refused_though_its_beginning_came_with_the_head() -> None:
    """What has not come whole has its deadline."""
    sample = make_sample(deadlines={"body": 0.2})
    async with live(sample.app(), sample.drain, sample.settings) as server:
        text = await said(server, post("{ hello }")[:-5])
    assert text.startswith(b"HTTP/1.1 408 ")
