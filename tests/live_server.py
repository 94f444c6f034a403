"""An application behind a real socket, served as `insitechart serve` does it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from graph.drain import Drain
from graph.http.connection import FindReady
from ops.metrics import Metrics
from ops.serve.run import listen, make_server
from ops.serve.server import DrainingServer
from ops.settings import Settings


@dataclass(frozen=True, slots=True)
class Live:
    """A running server; `stop` is what its first stop signal does."""

    host: str
    port: int
    server: DrainingServer
    task: asyncio.Task[None]

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://{self.host}:{self.port}"

    @property
    def socket_url(self) -> str:
        """Where WebSockets connect."""
        return f"ws://{self.host}:{self.port}/graphql"

    def stop(self) -> None:
        """Ask the server to end."""
        self.server.should_exit = True

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a bare connection."""
        return await asyncio.open_connection(self.host, self.port)


@asynccontextmanager
async def live(
    app: ASGIApp,
    drain: Drain,
    settings: Settings,
    port: int = 0,
    find_ready: FindReady | None = None,
    metrics: Metrics | None = None,
) -> AsyncIterator[Live]:
    """Serve on a port, or on a free one, until the block ends."""
    ready = asyncio.Event()
    with listen("127.0.0.1", port) as listener:
        server = make_server(app, drain, settings, ready.set, find_ready, metrics)
        task = asyncio.create_task(server.serve([listener]))
        try:
            await ready.wait()
            yield Live("127.0.0.1", listener.getsockname()[1], server, task)
        finally:
            server.should_exit = True
            await task
