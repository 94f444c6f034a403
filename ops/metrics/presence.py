"""Who is there: client addresses with open connections, and those that had one within the last five minutes."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

ACTIVE_SECONDS: Final = 300.0
MOST_ADDRESSES: Final = 10_000
"""Addresses remembered after their last connection closed; the longest gone are forgotten first."""


class Presence:
    """Notes connections as they open and close: what goes on within them costs nothing. `sockets` are WebSockets."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.sockets = 0
        self._open: dict[str, int] = {}
        self._left: OrderedDict[str, float] = OrderedDict()

    def arrived(self, address: str) -> None:
        """Note a connection from an address."""
        self._left.pop(address, None)
        self._open[address] = self._open.get(address, 0) + 1

    def left(self, address: str) -> None:
        """Note the end of a connection that had arrived."""
        still = self._open.get(address, 0) - 1
        if still > 0:
            self._open[address] = still
            return
        self._open.pop(address, None)
        self._left[address] = self._clock()
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)

    @contextmanager
    def socket(self, address: str) -> Iterator[None]:
        """Note a WebSocket from an address while the block runs."""
        self.arrived(address)
        self.sockets += 1
        try:
            yield
        finally:
            self.sockets -= 1
            self.left(address)

    def count(self) -> int:
        """Return how many distinct addresses are there now, or were within the last five minutes."""
        oldest = self._clock() - ACTIVE_SECONDS
        while self._left and next(iter(self._left.values())) < oldest:
            self._left.popitem(last=False)
        return len(self._open) + len(self._left)
