"""Cancels that redis-py loses, and cancels that wait for what must not be left half done.

redis-py sends under `asyncio.wait_for`, which until Python 3.12 returns the result and forgets a cancel that comes once
sending has ended (https://github.com/python/cpython/issues/86296): most of those that meet a command on a local socket.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")


@contextmanager
def cancels_kept() -> Iterator[None]:
    """Raise CancelledError at the end of the block where a cancel came in it and was swallowed, whatever else did."""
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        yield
    finally:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError


async def to_its_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Await work that has a deadline of its own; a cancel that comes meanwhile is raised where the caller waits next.

    A commit and the telling of it are such work: once begun, neither may be left while the process lives.
    """
    running = asyncio.ensure_future(work)
    cancels = 0
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            cancels += 1
    caller = asyncio.current_task()
    if caller is not None:
        for _ in range(cancels):
            caller.uncancel()
            caller.cancel()
    return running.result()
