"""The end of an operation's time, told to every resolver that still waits.

graphql-core's own abort signal starts two tasks for every awaited field and, when the caller is cancelled, leaves the
resolver running; here an awaited field costs one set entry, and cancelling reaches the resolver.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from inspect import iscoroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from ops.errors import DeadlineExceeded
from storage.deadline import beginning

T = TypeVar("T")


GRACE = 1.0
"""Seconds that resolvers have to answer their cancellation, after which the operation is given up as a whole."""


class Expiry:
    """A context: `seconds` after entry, each await under `wait` fails with DeadlineExceeded, so at its field's path."""

    __slots__ = ("_ended", "_expired", "_seconds", "_timer", "_waiting")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._expired = False
        self._waiting: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._ended: asyncio.Future[None] | None = None

    def __enter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_at(beginning() + self._seconds, self._expire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def bound(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a whole operation; raise TimeoutError at the end of the grace, whatever the work does about its cancel.

        One timer and one task hold an operation; a cancel of the caller reaches the work before it passes on.
        """
        loop = asyncio.get_running_loop()
        ended = self._ended = loop.create_future()
        task = loop.create_task(work)
        task.add_done_callback(self._end)
        try:
            with self:
                await ended
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE)
            raise
        if task.done():
            return task.result()
        task.cancel()
        raise TimeoutError

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await until the end comes. Raises DeadlineExceeded; a caller's cancel passes through as it is.

        What has a `done`, as futures have, and is done by the end is still returned.
        """
        if self._expired and not _is_there(awaitable):
            if iscoroutine(awaitable):
                awaitable.close()
            raise self.error()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("fields are awaited in a task")
        self._waiting.add(task)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if not self._expired or task.uncancel() > 0:
                raise
            raise self.error() from None
        finally:
            self._waiting.discard(task)

    def _expire(self) -> None:
        self._expired = True
        for task in self._waiting:
            task.cancel()
        if self._ended is not None:
            self._timer = asyncio.get_running_loop().call_later(GRACE, self._end)

    def _end(self, task: "asyncio.Task[Any] | None" = None) -> None:
        """Let `bound` go on; take the exception of a task that it may not await any more, lest asyncio complains."""
        if task is not None and not task.cancelled():
            task.exception()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def error(self) -> DeadlineExceeded:
        """Return the failure of whatever runs late."""
        return DeadlineExceeded(f"The operation took more than {self._seconds:g} seconds")


def _is_there(awaitable: Awaitable[object]) -> bool:
    """Tell whether it came in time, and was not looked at before the end."""
    done: Callable[[], bool] | None = getattr(awaitable, "done", None)
    return callable(done) and done()
