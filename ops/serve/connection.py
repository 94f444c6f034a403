"""One request on one connection of ours, as the application sees it beyond ASGI; see graph/http/connection."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from graph.http.connection import Header

_OK = 200


@lru_cache(maxsize=8)
def first_lines(defaults: tuple[Header, ...]) -> bytes:
    """Return the status line of 200 and the server's own fields, which change once a second."""
    return b"".join([STATUS_LINE[_OK], *[b"%b: %b\r\n" % field for field in defaults]])


class RequestConnection:
    """Reads from and answers for uvicorn's cycle of the request, in the cycle's own terms."""

    __slots__ = ("_cycle", "_leave", "refused")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self.refused: int | None = None
        self._leave: Callable[[], None] | None = None

    def take_body(self) -> bytes | None:
        """Return the body if all of it has come."""
        cycle = self._cycle
        if cycle.more_body or cycle.disconnected:
            return None
        if cycle.flow.read_paused:
            cycle.flow.resume_reading()
        cycle.message_event.clear()
        body = bytes(cycle.body)
        cycle.body = bytearray()
        return body

    def respond(self, status: int, headers: Sequence[Header], body: bytes) -> bool:
        """Write head and body at once. A client that has left is answered by nothing, as uvicorn has it.

        Raises RuntimeError for a header that would break the head.
        """
        cycle = self._cycle
        if cycle.disconnected:
            return True
        if cycle.response_started or cycle.flow.write_paused:
            return False
        lines = [STATUS_LINE[status]]
        for name, value in (*cycle.default_headers, *headers):
            lines.append(b"%b: %b\r\n" % (name, value))
            if name == b"connection" and value == b"close":
                cycle.keep_alive = False
        if not cycle.keep_alive and (b"connection", b"close") not in headers:
            lines.append(b"connection: close\r\n")
        head = b"".join(lines)
        if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines):
            raise RuntimeError("a header holds a line break")
        cycle.transport.write(head + b"\r\n" if cycle.scope["method"] == "HEAD" else head + b"\r\n" + body)
        self._complete()
        return True

    def respond_ready(self, fields: bytes, body: bytes) -> bool:
        """Write a response under 200 at once, its fields ready for the wire, on a connection that stays open."""
        cycle = self._cycle
        if cycle.disconnected:
            return True
        if cycle.response_started or cycle.flow.write_paused or not cycle.keep_alive:
            return False
        head = first_lines(tuple(cycle.default_headers)) + fields + b"\r\n"
        cycle.transport.writelines((head, b"" if cycle.scope["method"] == "HEAD" else body))
        self._complete()
        return True

    def watch(self, leave: Callable[[], None] | None) -> None:
        """Have `leave` called when the client leaves; reading goes on, or nobody would see it leave."""
        self._leave = leave
        if leave is not None:
            if self._cycle.disconnected:
                self.left()
            elif self._cycle.flow.read_paused:
                self._cycle.flow.resume_reading()

    def left(self) -> None:
        """Tell whoever watches that the client has left."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    def _complete(self) -> None:
        cycle = self._cycle
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
