"""A relay in front of PostgreSQL's socket, which a test can cut and mend: the server is away, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.listening import listen_no_more

NAME = ".s.PGSQL.5432"
_TURNS = 10
"""Turns of the loop in which a connection that was accepted reaches the relay."""
_PATIENCE = 30.0


class Relay:
    """Passes connections on while it is mended; cutting it ends those that are open, too."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[Any]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def end(self) -> None:
        """Cut it for good, and wait until nothing of it is left: a connection may have come at this very moment."""
        self._flowing.set()
        await self.cut()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        async with asyncio.timeout(_PATIENCE):
            while self._passing:
                await self.cut()
                await asyncio.wait(set(self._passing), timeout=_PATIENCE / 10)

    async def mend(self) -> None:
        """Take connections from now on."""
        self._server = await asyncio.start_unix_server(self._pass_on, str(self._folder / NAME))

    def freeze(self) -> None:
        """Take bytes and pass none on: a network that swallows everything."""
        self._flowing.clear()

    async def cut(self) -> None:
        """Drop every connection and take no more."""
        (self._folder / NAME).unlink(missing_ok=True)
        server, self._server = self._server, None
        if server is not None:
            await listen_no_more(server)
        for writer in self._writers:
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is passed on in a task")
        self._passing.add(task)
        self._writers.add(writer)  # from here on it may be cut
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(self._target)
            self._writers.add(server_writer)
            try:
                await asyncio.gather(self._pump(reader, server_writer), self._pump(server_reader, writer))
            finally:
                self._writers.remove(server_writer)
        finally:
            self._writers.remove(writer)
            writer.close()
            self._passing.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65_536):
                await self._flowing.wait()
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def relayed(database_url: str, folder: Path) -> AsyncIterator[tuple[str, Relay]]:
    """Yield the URL of the same database through a relay, and the relay, mended."""
    parts = urlsplit(database_url)
    target = Path(parse_qs(parts.query)["host"][0]) / NAME
    relay = Relay(str(target), folder)
    await relay.mend()
    try:
        yield f"{parts.scheme}://{parts.netloc}{parts.path}?host={quote(str(folder), safe='')}", relay
    finally:
        await relay.end()
