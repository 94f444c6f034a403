"""The end of a process, told to whatever stays open: streams and sockets end themselves before the server does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Drain:
    """`begun` is set once, at the stop signal; `open_stream` counts what has to end before the server closes."""

    __slots__ = ("_empty", "_open", "begun")

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._open = 0

    def begin(self) -> None:
        """Refuse new work from now on and ask streams and sockets to end."""
        self.begun.set()

    @contextmanager
    def open_stream(self) -> Iterator[None]:
        """Count one stream or socket while it is open."""
        self._open += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._empty.set()

    async def wait_empty(self, seconds: float) -> bool:
        """Wait until no stream is open, at most `seconds`; return whether that was reached."""
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
