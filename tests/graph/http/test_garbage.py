"""Requests leave no cycles behind: what they made is freed when they end, and the collector has nothing to find."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from graph.documents.request import OperationRequest
from graph.middleware.body_limit import BoundedBody
from graph.middleware.response import Response
from graph.outcome import Outcome
from ops.serve.connection import RequestConnection
from tests.graph.http.sample import make_sample
from tests.graph.http.witness import Context
from tests.live_server import live

KINDS = (RequestResponseCycle, RequestConnection, Response, BoundedBody, OperationRequest, Outcome, Context)
REQUESTS = 20
BODY = b'{"query": "{ __typename }"}'
POST = (
    b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY)
    + BODY
)


@contextmanager
def uncollected() -> Iterator[list[object]]:
    """Keep the collector out, and fill the list at the end with what only it could have freed."""
    found: list[object] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found.extend(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Ask once, and read the whole answer."""
    writer.write(POST)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert await reader.readexactly(length) == b'{"data":{"__typename":"Query"}}'


async def test_answered_requests_are_freed_without_the_collector() -> None:
    """Over a real socket, one after another on one connection; the newest may still be held by it."""
    sample = make_sample()
    async with live(sample.app(), sample.drain, sample.settings) as server:
        reader, writer = await server.connect()
        await exchange(reader, writer)
        with uncollected() as garbage:
            for _ in range(REQUESTS):
                await exchange(reader, writer)
            sample.witness.contexts.clear()
        writer.close()
    kinds = [type(one).__name__ for one in garbage if isinstance(one, KINDS)]
    assert kinds == []


async def test_a_cycle_would_be_seen() -> None:
    """The test's own proof."""
    with uncollected() as garbage:
        request = OperationRequest("{ f }")
        request.variables["itself"] = request
        del request
    assert [type(one).__name__ for one in garbage if isinstance(one, KINDS)] == ["OperationRequest"]
