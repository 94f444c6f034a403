"""An id for every request, in its state, its log lines and its response: the client's own where it is a sane one."""

import re
from collections.abc import Callable
from random import Random

from starlette.types import Message, Scope, Send

HEADER = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._:+/=-]{1,100}")
_BITS = 128
_HANDSHAKES = {"websocket.accept": 101, "websocket.close": 403}
"""The status that a handshake is answered with: to be closed before it was accepted is to be forbidden, says ASGI."""
_random = Random()  # noqa: S311 - see below; each process is seeded by the system


def name_request(scope: Scope) -> str:
    """Set `scope["state"]["request_id"]`, and return it."""
    sent = b""
    for name, value in scope["headers"]:
        if name == HEADER:
            sent = value
            break
    request_id = choose_id(sent)
    scope.setdefault("state", {})["request_id"] = request_id
    return request_id


def choose_id(sent: bytes) -> str:
    """Return the id that a client sent, if it is sane, or a new one."""
    if sent and _SANE.fullmatch(sent):
        return sent.decode()
    # An id is to be unique, not secret; without a system call it costs a third.
    return f"{_random.getrandbits(_BITS):032x}"


def naming(send: Send, request_id: str, answered: Callable[[int], None]) -> Send:
    """Return a `send` that gives the head of a handshake's answer the id, and tells its status."""
    waiting = True

    async def send_with_id(message: Message) -> None:
        nonlocal waiting
        if message["type"] in ("websocket.accept", "websocket.http.response.start"):
            message["headers"] = [*message.get("headers", ()), (HEADER, request_id.encode())]
        if waiting:
            waiting = False
            answered(_HANDSHAKES.get(message["type"]) or message["status"])
        await send(message)

    return send_with_id
