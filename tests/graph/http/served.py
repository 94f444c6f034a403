"""A sample behind our own server, which asks before the application what it need not be asked."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Receive, Scope, Send

from tests.asgi_exchange import PATIENCE, with_lifespan
from tests.graph.http.sample import Sample
from tests.live_server import Live, live


class Served:
    """A server, and how many requests came to its application by the ordinary way."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.called = 0
        self.server: Live

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection."""
        return await self.server.connect()

    async def ask(self, *packets: bytes) -> list[bytes]:
        """Ask on one connection, packet by packet, each when the answer before it is whole."""
        reader, writer = await self.connect()
        answers = []
        for packet in packets:
            writer.write(packet)
            answers.append(await whole(reader, headless=packet.startswith(b"HEAD")))
        writer.close()
        return answers


async def whole(reader: asyncio.StreamReader, *, headless: bool = False) -> bytes:
    """Read one answer."""
    async with asyncio.timeout(PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        return head + (b"" if headless else await reader.readexactly(int(length[1])))


@asynccontextmanager
async def served(sample: Sample) -> AsyncIterator[Served]:
    """Serve a sample as `insitechart serve` does."""
    routes, found = sample.routes(), Served(sample)

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        found.called += scope["type"] == "http"
        await with_lifespan(routes)(scope, receive, send)

    async with live(noted, sample.drain, sample.settings, find_ready=routes.ready, metrics=sample.metrics) as server:
        found.server = server
        yield found
