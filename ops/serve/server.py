"""uvicorn's server with our end: streams and sockets close themselves before connections do; no signal is repeated."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from graph.drain import Drain

STREAM_SECONDS = 1.0
"""How long event streams and sockets have to say goodbye, before uvicorn closes connections under them."""


class DrainingServer(uvicorn.Server):
    """uvicorn raises caught signals once more when it is done; not here, for the caller still has work then."""

    def __init__(self, config: uvicorn.Config, drain: Drain, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self._on_ready = on_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature is uvicorn's
        """Stop gracefully at the first signal, at once at the second."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell whoever waits for it."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then close as uvicorn does."""
        for server in self.servers:
            server.close()
        self._drain.begin()
        if not self.force_exit:
            await self._drain.wait_empty(STREAM_SECONDS)
        await super().shutdown(sockets)
