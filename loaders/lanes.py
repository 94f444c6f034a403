"""How many segments of one operation query at once: a free lane is taken by counting, without a call."""

import asyncio
from collections import deque


class Lanes:
    """Lanes are handed on in the order of asking. Take one that is `free` by counting it down; else await `turn`."""

    __slots__ = ("_waiters", "free")

    def __init__(self, most: int) -> None:
        self.free = most
        self._waiters: deque[asyncio.Future[None]] = deque()

    async def turn(self) -> None:
        """Wait for a lane, where none is free."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self.leave()  # it came in the same turn as the cancel
            raise

    def leave(self) -> None:
        """Hand a lane on to the first who still waits."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self.free += 1
