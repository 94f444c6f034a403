"""Subscribers as light as they can be: bare WebSocket clients on asyncio's transports that note when frames come."""

import asyncio
import struct
from collections.abc import Sequence
from os import urandom
from time import perf_counter
from typing import Any

import msgspec

_HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_SHORT, _MEDIUM = 126, 127
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA


class SocketClient(asyncio.Protocol):
    """Opens, initialises, subscribes; counts the text frames after the `connection_ack` and times the latest."""

    def __init__(self, host: str, subscribe: bytes) -> None:
        self.updates = 0
        self.arrived_at = 0.0
        self.bytes_of_update = 0
        self.lost = False
        self.close_code: int | None = None
        self._host = host
        self._subscribe = subscribe
        self._buffer = b""
        self._acknowledged = False
        self._upgraded = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_HANDSHAKE.format(host=self._host).encode())

    def connection_lost(self, _error: Exception | None) -> None:
        """Note that the server, or the bench, closed."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Take frames as they come, whole or in pieces."""
        now = perf_counter()
        self._buffer += data
        if not self._upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._upgraded, self._buffer = True, rest
            self._send(_TEXT, b'{"type":"connection_init"}')
        while (frame := self._frame()) is not None:
            self._take(*frame, now)

    def close(self) -> None:
        """Drop the connection without a word."""
        self._transport.abort()

    def fall_silent(self) -> None:
        """Answer nothing any more, and read nothing: a client whose machine is gone."""
        self._transport.pause_reading()

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            (self.close_code,) = struct.unpack_from("!H", payload)
            self._transport.close()
        elif opcode == _TEXT and not self._acknowledged:
            self._acknowledged = True
            self._send(_TEXT, self._subscribe)
        elif opcode == _TEXT:
            assert b'"type":"next"' in payload[:64], payload
            assert b'"errors"' not in payload[:64], payload
            self.updates += 1
            self.arrived_at = now
            self.bytes_of_update = len(payload)

    def _frame(self) -> tuple[int, bytes] | None:
        """Cut one whole frame off the buffer; the server's are not masked."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        start, size = 2, buffer[1]
        if size == _SHORT and len(buffer) >= (start := 4):
            (size,) = struct.unpack_from("!H", buffer, 2)
        elif size == _MEDIUM and len(buffer) >= (start := 10):
            (size,) = struct.unpack_from("!Q", buffer, 2)
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return buffer[0] & 0x0F, buffer[start : start + size]

    def _send(self, opcode: int, payload: bytes) -> None:
        mask = urandom(4)
        length = len(payload)
        size = bytes([0x80 | length]) if length < _SHORT else b"\xfe" + struct.pack("!H", length)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self._transport.write(bytes([0x80 | opcode]) + size + mask + masked)


def subscribe_message(document: str, variables: dict[str, Any]) -> bytes:
    """Return the message that starts a subscription."""
    payload = {"query": document, "variables": variables}
    return msgspec.json.encode({"type": "subscribe", "id": "1", "payload": payload})


async def connect(host: str, port: int, count: int, message: bytes, at_once: int = 50) -> list[SocketClient]:
    """Open so many subscribers and wait until each has had its first update."""
    loop = asyncio.get_running_loop()
    clients: list[SocketClient] = []
    while len(clients) < count:
        more = min(at_once, count - len(clients))
        opened = await asyncio.gather(
            *(loop.create_connection(lambda: SocketClient(host, message), host, port) for _ in range(more))
        )
        clients += [client for _, client in opened]
        await everyone_has(clients[-more:], 1, 30)
    return clients


async def hang_up(clients: Sequence[SocketClient]) -> None:
    """Drop the connections, and wait until they are gone on this side."""
    for client in clients:
        client.close()
    async with asyncio.timeout(10):
        while not all(client.lost for client in clients):  # noqa: ASYNC110 - bare protocols have no event
            await asyncio.sleep(0.01)


async def everyone_has(clients: Sequence[SocketClient], updates: int, seconds: float) -> None:
    """Wait until each of the subscribers has had so many updates. Raise TimeoutError."""
    async with asyncio.timeout(seconds):
        while any(client.updates < updates for client in clients):
            assert not any(client.lost for client in clients), "the server closed a socket"
            await asyncio.sleep(0.01)
