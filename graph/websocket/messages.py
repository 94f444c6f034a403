"""The messages of graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.types import Message

from graph.documents.decoding import decode_json
from graph.documents.request import OperationRequest, read_body
from graph.http.responses import encode
from ops.errors import BadRequest, PublicError
from ops.settings import Limits

BAD_MESSAGE = 4400
UNAUTHORIZED = 4401
INIT_TIMEOUT = 4408
DUPLICATE_ID = 4409
REPEATED_INIT = 4429
SLOW_READER = 1013
RESTART = 1012

_MOST_ID_CHARACTERS = 256
_MOST_REASON_BYTES = 123


class Close(Exception):
    """The socket ends, for this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_MOST_REASON_BYTES].decode(errors="ignore")


class ClientMessage(msgspec.Struct, frozen=True):
    """What a client sends; `payload` stays raw until its type says how to read it."""

    type: str
    id: str | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")


_decoder = msgspec.json.Decoder(ClientMessage)


def read_message(received: Message, limits: Limits) -> ClientMessage:
    """Read one frame. Raises Close 4400 for whatever is not a message of the protocol."""
    text = received.get("text")
    if text is None:
        raise Close(BAD_MESSAGE, "Send text frames")
    raw = text.encode()
    if len(raw) > limits.body_bytes:
        raise Close(BAD_MESSAGE, f"The message has more than {limits.body_bytes:,} bytes")
    try:
        return _decoder.decode(raw)
    except RecursionError as error:
        raise Close(BAD_MESSAGE, "Not a message of the protocol: it nests too deeply") from error
    except msgspec.MsgspecError as error:
        raise Close(BAD_MESSAGE, f"Not a message of the protocol: {error}") from error


def read_id(message: ClientMessage) -> str:
    """Return the operation's id. Raises Close 4400."""
    if not message.id or len(message.id) > _MOST_ID_CHARACTERS:
        raise Close(BAD_MESSAGE, f"'{message.type}' needs an id of 1 to {_MOST_ID_CHARACTERS} characters")
    return message.id


def read_request(message: ClientMessage, limits: Limits) -> OperationRequest:
    """Return what a `subscribe` asks for. Raises Close 4400."""
    try:
        request = read_body(bytes(message.payload), limits)
    except PublicError as error:
        raise Close(BAD_MESSAGE, error.message) from error
    if isinstance(request, list):
        raise Close(BAD_MESSAGE, "The payload of 'subscribe' must be an object")
    return request


def read_payload(message: ClientMessage, limits: Limits) -> dict[str, Any] | None:
    """Return the free payload of `connection_init`, `ping` or `pong`: an object or null. Raises Close 4400."""
    try:
        payload = decode_json(bytes(message.payload), "The payload", limits.nesting)
    except BadRequest as error:
        raise Close(BAD_MESSAGE, error.message) from error
    if payload is not None and not isinstance(payload, dict):
        raise Close(BAD_MESSAGE, f"The payload of '{message.type}' must be an object")
    return payload


def ack() -> bytes:
    """Return the answer to `connection_init`."""
    return encode({"type": "connection_ack"})


def pong(payload: dict[str, Any] | None) -> bytes:
    """Return the answer to `ping`, its payload sent back."""
    return encode({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def next_result(operation_id: str, body: bytes) -> bytes:
    """Return one result of an operation, its body encoded already: all who get it share those bytes."""
    return b'{"id":%b,"type":"next","payload":%b}' % (encode(operation_id), body)


def errors(operation_id: str, found: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the end of an operation that was refused or broke."""
    return encode({"id": operation_id, "type": "error", "payload": found})


def complete(operation_id: str) -> bytes:
    """Return the end of an operation."""
    return encode({"id": operation_id, "type": "complete"})
