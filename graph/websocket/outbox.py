"""What waits to be sent on one socket: bounded, and given up when the reader is too slow."""

import asyncio

from starlette.types import Send

from graph.websocket.messages import SLOW_READER, Close

CAPACITY = 16
"""Messages that may wait; operations pause while it is full."""


class Outbox:
    """Puts are awaited while full; `run` is the only sender."""

    __slots__ = ("_queue", "_seconds", "_send")

    def __init__(self, send: Send, seconds: float) -> None:
        self._send = send
        self._seconds = seconds
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(CAPACITY)

    async def put(self, message: bytes) -> None:
        """Queue an encoded message."""
        await self._queue.put(message)

    async def run(self) -> None:
        """Send for ever. Raises Close when one message takes longer than the deadline."""
        while True:
            await self._transmit(await self._queue.get())
            self._queue.task_done()

    async def flush(self) -> None:
        """Wait until all that was put has been sent."""
        await self._queue.join()

    async def _transmit(self, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._send({"type": "websocket.send", "text": message.decode()})
        except TimeoutError:
            raise Close(SLOW_READER, "Read faster") from None
