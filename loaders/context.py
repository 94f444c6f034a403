"""The context of one operation: its session, its instant, and its loaders. It lives as long as the operation.

A subscription makes a new one for every event: a loader that outlived its event would answer with old rows.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any, TypeVar

from loaders.base import Loader
from loaders.ledger import BatchRecord
from ops.errors import Unavailable
from ops.settings import Settings
from storage.session import Session

AnyLoader = TypeVar("AnyLoader", bound=Loader[Any, Any, Any, Any])

LANES = 4
"""Segments of one operation that query at once; the rest of the pool is left to other operations."""


class RequestContext:
    """What resolvers see. Close it when the operation ends: batches still running are stopped, and their SQL too."""

    __slots__ = ("_closed", "_loaders", "_tasks", "lanes", "ledger", "now", "session", "settings", "variables")

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        self.session = session
        self.settings = settings
        self.now = now
        self.ledger: list[BatchRecord] = []
        self.lanes = asyncio.Semaphore(LANES)
        self.variables = copy_context()  # what batches run in: the operation's own, not those of the first to ask
        self._loaders: dict[type[Any], Any] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def statement_count(self) -> int:
        """SQL statements that the operation has run so far."""
        return len(self.session.statements)

    @property
    def batch_count(self) -> int:
        """Loader batches that the operation has run so far."""
        return len(self.ledger)

    def loader(self, kind: type[AnyLoader]) -> AnyLoader:
        """Return this operation's only loader of a kind."""
        found: AnyLoader | None = self._loaders.get(kind)
        if found is None:
            found = self._loaders[kind] = kind(self)
        return found

    @contextmanager
    def holding_task(self) -> Iterator[None]:
        """Keep the current task, a batch, where `aclose` can end it; the event loop itself holds tasks weakly."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a batch runs in a task")
        if self._closed:
            raise Unavailable("The operation ended before this batch began.")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def aclose(self) -> None:
        """Stop the batches that nobody waits for any more, and wait until their connections are back."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.settings.deadlines.acquire)


def instant(settings: Settings) -> datetime:
    """Return the request's `now`: the UTC clock floored to the window tick."""
    tick = settings.window_tick
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() // tick * tick, UTC)
