"""What our own server lets a request do beyond ASGI: see its whole body, answer in one write, hear of its client's end.

ASGI has messages for all three, and each costs a request some microseconds: a wait, two sends, a task that listens.
Under another server there is no such thing in the scope, and requests go by messages.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from starlette.types import ASGIApp, Receive, Scope

from graph.http.disconnect import ClientLeft, until_disconnect

EXTENSION = "insitechart.connection"
"""The name under the scope's `extensions`."""

Header = tuple[bytes, bytes]


class Asked(Protocol):
    """What a whole request asks for; the same goes for all requests in the same bytes, if such `repeats` are likely."""

    method: str
    repeats: bool

    def answer(self) -> tuple[bytes, bytes] | None:
        """Return the answer under 200 if it is ready now: its head without the status line, and its body."""
        ...

    def begin(self) -> ASGIApp | None:
        """Return what answers it past the gates, where no more than its operation has to run; else None.

        Its scope has to hold no more than type, method and extensions: the rest of the request it knows.
        """
        ...


FindReady = Callable[[bytes, bytes, Sequence[Header], bytes], Asked | None]
"""Takes method, URL, headers and body of a whole request; returns None where its answer is never ready."""

T = TypeVar("T")


class Connection(Protocol):
    """One request on one connection."""

    @property
    def refused(self) -> int | None:
        """The status that the server itself answered with, after the request had begun; else None."""
        ...

    def take_body(self) -> bytes | None:
        """Return the body if all of it has come; otherwise None, and it is to be received."""
        ...

    def respond(self, status: int, headers: Sequence[Header], body: bytes) -> bool:
        """Write a whole response at once; False where the client reads too slowly for that, and it is to be sent."""
        ...

    def respond_ready(self, fields: bytes, body: bytes) -> bool:
        """Write a response under 200, its fields ready for the wire, on a connection that stays; else as `respond`."""
        ...

    def watch(self, leave: Callable[[], None] | None) -> None:
        """Have `leave` called once when the client leaves, at once if it has left; None ends that."""
        ...


def connection_of(scope: Scope) -> Connection | None:
    """Return what the server offers for this request."""
    try:
        found: Connection = scope["extensions"][EXTENSION]
    except (KeyError, TypeError):  # no such server, or none of whose extensions this is
        return None
    return found


async def while_client_waits(scope: Scope, receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, its body read already; cancel it and raise ClientLeft when the client leaves."""
    connection = connection_of(scope)
    if connection is None:
        return await until_disconnect(receive, work)
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a request is answered in a task")
    leaving = _Leaving(task)
    connection.watch(leaving)
    try:
        return await work
    except asyncio.CancelledError:
        if leaving.taken_back():
            raise ClientLeft from None
        raise
    finally:
        connection.watch(None)
        leaving.taken_back()


class _Leaving:
    """Cancels a task once, and takes that back when it has come to its end, so that nobody else is cancelled by it."""

    __slots__ = ("_cancelled", "_task")

    def __init__(self, task: "asyncio.Task[object]") -> None:
        self._task = task
        self._cancelled = False

    def __call__(self) -> None:
        self._cancelled = True
        self._task.cancel()

    def taken_back(self) -> bool:
        """Take the cancel back; whether there was one, and no other beside it."""
        if not self._cancelled:
            return False
        self._cancelled = False
        return self._task.uncancel() == 0
