"""Reads in a thread what an event loop must not wait for: a slow disk, or a pipe into which nobody writes for hours."""

import asyncio
import io
import os
import select
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Final, TypeVar

_AHEAD: Final = 4
_LOOK_SECONDS: Final = 0.1
_LEAVE_SECONDS: Final = 5.0
T = TypeVar("T")


class Interruptible(io.RawIOBase):
    """A file descriptor that ends when `left` is set: a thread that waits in read() could not be told to leave."""

    def __init__(self, descriptor: int, left: threading.Event) -> None:
        self._descriptor = descriptor
        self._left = left

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader passes
        """Read what is there, waiting until something is."""
        while not self._left.is_set():
            if select.select([self._descriptor], [], [], _LOOK_SECONDS)[0]:
                return os.readv(self._descriptor, [buffer])
        return 0


async def read_ahead(make: Callable[[threading.Event], Iterator[T]]) -> AsyncGenerator[T, None]:
    """Give what an iterator gives that runs in a thread, at most a few values ahead.

    Its event is set when nobody listens any more.
    """
    loop, left = asyncio.get_running_loop(), threading.Event()
    values: asyncio.Queue[T | _End] = asyncio.Queue(_AHEAD)

    def put(value: T | _End) -> None:
        asyncio.run_coroutine_threadsafe(values.put(value), loop).result()

    def read() -> None:
        failure: Exception | None = None
        try:
            for value in make(left):
                put(value)
                if left.is_set():
                    break
        except Exception as error:  # noqa: BLE001  raised again where the values are taken
            failure = error
        put(_End(failure))

    thread = threading.Thread(target=read, name="read ahead", daemon=True)
    thread.start()
    ended = False
    try:
        while True:
            value = await values.get()
            if isinstance(value, _End):
                ended = True
                if value.failure is not None:
                    raise value.failure
                return
            yield value
    finally:
        left.set()
        async with asyncio.timeout(_LEAVE_SECONDS):
            while not ended:
                ended = isinstance(await values.get(), _End)


class _End:
    __slots__ = ("failure",)

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure
