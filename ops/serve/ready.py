"""uvicorn's HTTP protocol, asking first whether the answer to a request is ready, before it starts the application.

For that a request is held from the end of its head to the end of its body, or of the packet if the body is longer. An
answer that is ready costs no scope, no cycle, no event and no task: two thirds of what a kept answer took before.
"""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from graph.http.connection import FindReady
from ops.serve.upgrades import WebSocketUpgrades

_OK = 200


class ReadyFirst(WebSocketUpgrades):
    """Answers from `find_ready` where nothing waits in front, and the connection is to be kept open."""

    find_ready: FindReady | None = None
    _held = False
    _held_body = b""

    def data_received(self, data: bytes) -> None:
        """Parse a packet; what it did not bring whole waits no longer."""
        super().data_received(data)
        if self._held:
            self._begin()

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
        if self._held:
            if self._is_answered():
                self._held = False
                return
            self._begin()
        super().on_message_complete()

    def _may_be_ready(self) -> bool:
        newest: RequestResponseCycle | None = self.cycle
        if self.find_ready is None or (newest is not None and not newest.response_complete):
            return False
        return not self.parser.should_upgrade() and not self.expect_100_continue

    def _is_answered(self) -> bool:
        """Write the answer if it is ready and can be written at once."""
        parser = self.parser
        if self.find_ready is None or self.flow.write_paused or self.transport.is_closing():
            return False
        if not parser.should_keep_alive() or parser.get_http_version() != "1.1":
            return False
        ready = self.find_ready(parser.get_method(), self.url, self.headers, self._held_body)
        if ready is None:
            return False
        added = b"".join([b"%b: %b\r\n" % field for field in self.server_state.default_headers])
        self.transport.writelines((b"%b%b%b" % (STATUS_LINE[_OK], added, ready[0]), ready[1]))
        self.server_state.total_requests += 1
        return True

    def _begin(self) -> None:
        """Start the application with what has come."""
        self._held = False
        super().on_headers_complete()
        if self._held_body:
            super().on_body(self._held_body)
            self._held_body = b""
