"""Cancels that redis-py loses.

It sends under `asyncio.wait_for`, which until Python 3.12 returns the result and forgets a cancel that comes once
sending has ended (https://github.com/python/cpython/issues/86296): most of those that meet a command on a local socket.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


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
