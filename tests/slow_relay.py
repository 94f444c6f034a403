"""A relay in front of a socket whose answers come late, as over a long or crowded way: nothing is lost or reordered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.listening import listen_no_more


class SlowRelay:
    """Passes bytes on at once, and what is answered `delay` seconds later; the delay can change at any time."""

    def __init__(self, target: Path, delay: float) -> None:
        self.delay = delay
        self._target = str(target)
        self._passing: set[asyncio.Task[None]] = set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on until either end closes it."""
        try:
            answers, requests = await asyncio.open_unix_connection(self._target)
        except OSError:  # the server is away
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pump(reader, requests))
                tasks.create_task(self._stamp(answers, late))
                tasks.create_task(_deliver(late, writer))
        except* ConnectionError:
            pass
        finally:
            requests.close()
            writer.close()
            self._passing.discard(task)

    def end(self) -> None:
        """Drop every connection."""
        for task in self._passing:
            task.cancel()

    async def _stamp(self, answers: asyncio.StreamReader, late: asyncio.Queue[tuple[float, bytes]]) -> None:
        loop = asyncio.get_running_loop()
        due = 0.0
        while piece := await answers.read(65_536):
            due = max(due, loop.time() + self.delay)
            late.put_nowait((due, piece))
        raise ConnectionResetError("the server closed the connection")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    raise ConnectionResetError("the client closed the connection")


async def _deliver(late: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due, piece = await late.get()
        if (wait := due - loop.time()) > 0:
            await asyncio.sleep(wait)
        writer.write(piece)
        await writer.drain()


@asynccontextmanager
async def slowed(target: Path, path: Path, delay: float) -> AsyncIterator[SlowRelay]:
    """Listen at `path` for connections to the server's socket at `target`, until the block ends."""
    relay = SlowRelay(target, delay)
    server = await asyncio.start_unix_server(relay.take, str(path))
    try:
        yield relay
    finally:
        await listen_no_more(server)
        relay.end()
        await server.wait_closed()
