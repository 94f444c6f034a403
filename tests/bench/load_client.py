"""A light HTTP client in a process of its own: keep-alive connections, one request at a time on each, no library.

Reads an `Order` as JSON from standard input and prints a `Tally` as JSON. Every answer must be a 200 whose
`content-length` lies near what is expected and arrives whole; anything else ends the run. A request costs this process
about 10 microseconds, 14 with an answer of 77 kB, so that its core outruns the servers that it measures.
"""

import json
import os
import select
import socket
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import cycle
from time import perf_counter

TOLERANCE = 0.02
"""Share by which a length may differ from the expected one: counts over a sliding window gain and lose a digit."""
_LONGEST_HEAD = 4_096
_BUFFER = memoryview(bytearray(1 << 20))
_PATIENCE = 20.0


@dataclass(slots=True)
class Order:
    """What to ask: whole requests as text, taken in turn, each with the bytes of the body that answers it."""

    port: int
    requests: list[tuple[str, int]]
    connections: int
    seconds: float
    core: int | None = None


@dataclass(slots=True)
class Tally:
    """What came: requests answered, seconds that took, and the milliseconds of each answer."""

    answered: int = 0
    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)


class _Connection:
    __slots__ = ("arrived", "begun", "expected", "head", "socket", "wanted")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = b""
        self.arrived = self.wanted = self.expected = 0
        self.begun = 0.0

    def ask(self, request: bytes, expected: int) -> None:
        self.expected = expected
        self.head = b""
        self.arrived = self.wanted = 0
        self.begun = perf_counter()
        self.socket.sendall(request)

    def take(self) -> bool:
        """Read what is there; tell whether the answer is whole."""
        count = self.socket.recv_into(_BUFFER)
        if not count:
            raise SystemExit("the server closed a connection")
        self.arrived += count
        if not self.wanted:
            self.head += bytes(_BUFFER[: min(count, _LONGEST_HEAD)])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.wanted = end + 4 + self._length(self.head[:end])
        return self.arrived >= self.wanted

    def _length(self, head: bytes) -> int:
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"not a 200: {self.head[:2_000]!r}")
        start = head.lower().index(b"content-length:") + 15
        end = head.find(b"\r", start)
        length = int(head[start : end if end > 0 else None])
        if abs(length - self.expected) > TOLERANCE * self.expected:
            raise SystemExit(f"{length} bytes came where {self.expected} were expected: {self.head[:2_000]!r}")
        return length


def run(order: Order) -> Tally:
    """Keep all connections busy for the seconds of the order; answers that are under way then still count."""
    if order.core is not None:
        os.sched_setaffinity(0, {order.core})
    with ExitStack() as opened:
        connections = [_Connection(order.port) for _ in range(order.connections)]
        for one in connections:
            opened.enter_context(one.socket)
        return _asked({one.socket.fileno(): one for one in connections}, order)


def _asked(connections: dict[int, _Connection], order: Order) -> Tally:
    requests = cycle([(text.encode(), expected) for text, expected in order.requests])
    poll = select.epoll()
    for number in connections:
        poll.register(number, select.EPOLLIN)
    tally = Tally()
    begun = perf_counter()
    until = begun + order.seconds
    for one in connections.values():
        one.ask(*next(requests))
    open_requests = len(connections)
    while open_requests:
        ready = poll.poll(_PATIENCE)
        if not ready:
            raise SystemExit(f"no answer in {_PATIENCE:g} seconds")
        for number, _ in ready:
            one = connections[number]
            if not one.take():
                continue
            now = perf_counter()
            tally.milliseconds.append((now - one.begun) * 1_000)
            if now < until:
                one.ask(*next(requests))
            else:
                open_requests -= 1
    tally.seconds = perf_counter() - begun
    tally.answered = len(tally.milliseconds)
    return tally


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(asdict(run(Order(**given))), sys.stdout)
