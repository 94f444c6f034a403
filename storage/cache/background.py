"""Work that no request waits for: bounded in number, ended with the process, and never silent when it fails."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, Final

import structlog

MOST: Final = 64
"""Pieces of work at once; what comes beyond is left out, for the cache can do without."""

_log = structlog.get_logger()


class Background:
    """`left_out` counts the work for which there was no room."""

    def __init__(self) -> None:
        self.left_out = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this soon, or leave it out."""
        if len(self._tasks) >= MOST:
            self.left_out += 1
            work.close()
            return
        task = asyncio.create_task(work, context=Context())  # whoever began it has deadlines that are not its own
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def idle(self) -> None:
        """Wait until all that was begun is done."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def aclose(self) -> None:
        """End what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("cache_work_failed", kind=type(error).__name__, reason=str(error))
