"""A collector whose answers are long, endless or slow: what it says beyond its status costs nothing."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from typing import Final

import pytest

from ops.settings import Settings
from ops.tracing import open_tracing
from ops.tracing.answers import MOST_BYTES
from ops.tracing_settings import TracingSettings
from tests.listening import listen_no_more
from tests.ops.tracing.records import operation

_HEAD: Final = b"HTTP/1.1 %d Whatever\r\ntransfer-encoding: chunked\r\n\r\n"
_SECONDS: Final = 20.0
Body = Callable[[], AsyncIterator[bytes]]


class Talkative:
    """Takes spans, and answers each request with a status and a body; `sent` is the most that one answer had."""

    def __init__(self, status: int, body: Body) -> None:
        self.requests = 0
        self.connections = 0
        self.sent = 0
        self._status = status
        self._body = body
        self._came = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        self._talks.add(asyncio.create_task(self.meet(reader, writer)))

    async def end(self) -> None:
        """Leave whoever is still there."""
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the exporter goes."""
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
                self.requests += 1
                self._came.set()
                writer.write(_HEAD % self._status)
                sent = 0
                async for piece in self._body():
                    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    sent += len(piece)
                    self.sent = max(self.sent, sent)
                    await writer.drain()
                writer.write(b"0\r\n\r\n")

    async def asked(self, times: int) -> None:
        """Wait for so many requests."""
        async with asyncio.timeout(_SECONDS):
            while self.requests < times:
                self._came.clear()
                await self._came.wait()


@asynccontextmanager
async def talking(status: int, body: Body) -> AsyncGenerator[tuple[Talkative, Settings], None]:
    """Run one, and yield it with the settings that have spans sent to it."""
    collector = Talkative(status, body)
    server = await asyncio.start_server(collector.begin, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield collector, Settings(tracing=TracingSettings(endpoint=endpoint, deadline=0.5, flush=_SECONDS))
    finally:
        await listen_no_more(server)
        await collector.end()


async def endless() -> AsyncIterator[bytes]:
    """As fast as it is read."""
    while True:
        yield b"x" * MOST_BYTES


async def trickle() -> AsyncIterator[bytes]:
    """A byte now and then, always sooner than a read would be given up."""
    while True:
        yield b"x"
        await asyncio.sleep(0.05)


async def brief() -> AsyncIterator[bytes]:
    """What a collector says that means well."""
    yield b"{}"


@pytest.mark.parametrize("body", [endless, trickle])
@pytest.mark.parametrize("status", [200, 400])
async def test_an_answer_without_an_end_is_left(body: Body, status: int) -> None:
    """The next trace is sent all the same, and little was held of what came."""
    async with talking(status, body) as (collector, settings):
        async with open_tracing(settings) as tracing:
            for number in (1, 2):
                tracing.observe(operation())
                await collector.asked(number)
        assert collector.requests == 2
        # What the exporter did not read fills the sockets of both sides, and nothing else.
        assert collector.sent < 100 * MOST_BYTES


async def test_a_brief_answer_keeps_the_connection() -> None:
    """Exports that follow one another need no new one."""
    async with talking(200, brief) as (collector, settings), open_tracing(settings) as tracing:
        for number in (1, 2, 3):
            tracing.observe(operation())
            await collector.asked(number)
        assert collector.connections == 1
