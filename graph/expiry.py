"""The end of an operation's time, told to every resolver that still waits.

graphql-core's own abort signal starts two tasks for every awaited field and, when the caller is cancelled, leaves the
resolver running; here an awaited field costs one set entry, and cancelling reaches the resolver.
"""

import asyncio
from collections.abc import Awaitable
from inspect import iscoroutine
from types import TracebackType
from typing import Self, TypeVar

from ops.errors import DeadlineExceeded

T = TypeVar("T")


class Expiry:
    """A context: `seconds` after entry, each await under `wait` fails with DeadlineExceeded, so at its field's path."""

    __slots__ = ("_expired", "_seconds", "_timer", "_waiting")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._expired = False
        self._waiting: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._expire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await until the end comes. Raises DeadlineExceeded; a caller's cancel passes through as it is."""
        if self._expired:
            if iscoroutine(awaitable):
                awaitable.close()
            raise self._error()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("fields are awaited in a task")
        self._waiting.add(task)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if not self._expired or task.uncancel() > 0:
                raise
            raise self._error() from None
        finally:
            self._waiting.discard(task)

    def _expire(self) -> None:
        self._expired = True
        for task in self._waiting:
            task.cancel()

    def _error(self) -> DeadlineExceeded:
        return DeadlineExceeded(f"The operation took more than {self._seconds:g} seconds")
