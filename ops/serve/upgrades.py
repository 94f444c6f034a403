"""uvicorn's HTTP protocol, deaf to upgrades other than WebSockets, as RFC 9110 (section 7.8) allows.

uvicorn answers such a request without its body, and reads nothing more from its connection. Java's HTTP client offers
HTTP/2 (`h2c`) with every first request to a plain port.
"""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class WebSocketUpgrades(HttpToolsProtocol):
    """Parses a request with another upgrade once more, as if it had not asked for one."""

    def data_received(self, data: bytes) -> None:
        """Parse what came, all of it."""
        self._unset_keepalive_if_required()
        try:
            while data:
                data = self._parse(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        """Start the request, unless it is to be parsed once more."""
        if not self._asks_in_vain():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the request's body, which a request that is to be parsed once more has not had yet."""
        if not self._asks_in_vain():
            super().on_message_complete()

    def _parse(self, data: bytes) -> bytes:
        """Parse, and return what is still to be parsed after an upgrade that we do not take."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._asks_in_vain():
                return self._head_without_upgrade() + data[upgrade.args[0] :]
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        return b""

    def _asks_in_vain(self) -> bool:
        upgrade = self.parser.should_upgrade() and not self._should_upgrade()
        return (
            upgrade and self.parser.get_method() != b"CONNECT"
        )  # an upgrade by its method: the application's to refuse

    def _head_without_upgrade(self) -> bytes:
        """Return the head that was just parsed, for a new parser: the old one waits for another protocol."""
        line = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        fields = [b"%b: %b\r\n" % field for field in self.headers if field[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
        return b"".join((line, *fields, b"\r\n"))
