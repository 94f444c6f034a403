"""uvicorn's HTTP protocol, asking first what a request needs, before it starts the application.

For that a request is held from the end of its head to the end of its body, or of the packet if the body is longer. An
answer that is ready costs no scope, no cycle, no event and no task: two thirds of what a kept answer took before. What
may be begun past the application has the cycle and the task of every request, and a scope that says next to nothing.
"""

import asyncio
from collections import OrderedDict
from hashlib import blake2b
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from graph.http.connection import Asked, FindReady
from ops.serve.connection import first_lines
from ops.serve.upgrades import WebSocketUpgrades

_LONGEST_PACKET = 4_096
_MOST_PACKETS = 2_000


class AskedBefore:
    """What packets asked for that held exactly one request, by their digests: packets may hold secrets."""

    def __init__(self) -> None:
        self._asked: OrderedDict[bytes, Asked] = OrderedDict()

    def find(self, packet: bytes) -> Asked | None:
        """Return what the packet asked for when it came before."""
        if not self._asked or len(packet) > _LONGEST_PACKET:
            return None
        digest = _digest(packet)
        found = self._asked.get(digest)
        if found is not None:
            self._asked.move_to_end(digest)
        return found

    def remember(self, packet: bytes, asked: Asked) -> None:
        """Keep it in mind; the longest unused leave first."""
        if len(packet) <= _LONGEST_PACKET:
            self._asked[_digest(packet)] = asked
            if len(self._asked) > _MOST_PACKETS:
                self._asked.popitem(last=False)


def _digest(packet: bytes) -> bytes:
    return blake2b(packet, digest_size=16).digest()


class ReadyFirst(WebSocketUpgrades):
    """Answers what `find_ready` finds where nothing waits in front, and the connection is to be kept open.

    A packet that comes between two requests is one request whatever the parser would make of it, if it was one before:
    its answer may be ready without parsing it again.
    """

    find_ready: FindReady | None = None
    asked_before: AskedBefore
    _between = True
    _requests = 0
    _held = False
    _held_body = b""
    _asked: Asked | None = None

    def data_received(self, data: bytes) -> None:
        """Parse a packet; what it did not bring whole waits no longer."""
        between, self._requests, self._asked = self._between, 0, None
        super().data_received(data)
        if self._held:
            self._begin()
        elif self._asked is not None and self._asked.repeats and between and self._between and self._requests == 1:
            self.asked_before.remember(data, self._asked)

    def is_answered_again(self, data: bytes) -> bool:
        """Answer a packet that asked before for what is ready now."""
        newest: RequestResponseCycle | None = self.cycle
        if not self._between or self.find_ready is None or (newest is not None and not newest.response_complete):
            return False
        asked = self.asked_before.find(data)
        return asked is not None and (self._answer(asked) or self._start(asked))

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        self._between = False
        self._requests += 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hold the request, unless it can have no answer that is ready."""
        if self._may_be_ready():
            self._held = True
            self._held_body = b""
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if self._held:
            self._held_body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer, or begin and end the request the ordinary way."""
        self._between = True
        if self._held:
            asked = self._ask()
            if asked is not None and (self._answer(asked) or self._start(asked)):
                self._asked = asked
                self._held = False
                return
            self._begin()
        super().on_message_complete()

    def _may_be_ready(self) -> bool:
        newest: RequestResponseCycle | None = self.cycle
        if self.find_ready is None or (newest is not None and not newest.response_complete):
            return False
        return not self.parser.should_upgrade() and not self.expect_100_continue

    def _ask(self) -> Asked | None:
        """Return what a whole request asks for; None if the connection is to be closed behind it."""
        parser = self.parser
        if self.find_ready is None or not parser.should_keep_alive() or parser.get_http_version() != "1.1":
            return None
        return self.find_ready(parser.get_method(), self.url, self.headers, self._held_body)

    def _answer(self, asked: Asked) -> bool:
        """Write the answer if it is ready, and can be written at once."""
        if self.flow.write_paused or self.transport.is_closing():
            return False
        ready = asked.answer()
        if ready is None:
            return False
        first = first_lines(tuple(self.server_state.default_headers))
        self.transport.writelines((first + ready[0], ready[1]))
        self.server_state.total_requests += 1
        return True

    def _start(self, asked: Asked) -> bool:
        """Begin what answers it past the application, if anything does."""
        app: Any = asked.begin()  # uvicorn has its own types for what ASGI says
        if app is None or self.transport.is_closing():
            return False
        scope: Any = {"type": "http", "method": asked.method}
        self.cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=True,
            on_response=self.on_response_complete,
        )
        self.cycle.more_body = False
        self._start_asgi_task(self.cycle, app)
        return True

    def _begin(self) -> None:
        """Start the application with what has come."""
        self._held = False
        super().on_headers_complete()
        if self._held_body:
            super().on_body(self._held_body)
            self._held_body = b""
