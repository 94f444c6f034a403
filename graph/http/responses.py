"""Responses in JSON, and the coded form of every refusal."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from starlette.types import Receive, Send

from graph.http.accept import JSON, MediaType
from graph.http.connection import Header
from graph.middleware.response import Response
from ops.errors import PublicError, Unavailable

RETRY_AFTER = 2
"""Seconds after which a client may ask again when a store was away."""

LINGER = 2.0
"""Seconds in which the rest of a refused body is read and dropped: closing at once would reset the connection under
the client's feet, before it has read why."""


def _plain(value: Any) -> str:
    """Return a text of a class of its own as a plain one: graphql-core hands such on, and the encoder knows none."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_encode = msgspec.json.Encoder(enc_hook=_plain).encode


def encode(body: Any) -> bytes:
    """Encode a response as JSON; NaN and infinities, which JSON has not, become null."""
    return _encode(body)


async def send_json(
    send: Send,
    body: Any,
    *,
    status: int = 200,
    media_type: MediaType = JSON,
    headers: Iterable[Header] = (),
    more: bool = False,
) -> None:
    """Send one whole response; a 503 says when to come back. `more` leaves it to the caller to end it."""
    payload = encode(body)
    fields = [content_type(media_type), (b"content-length", b"%d" % len(payload)), *headers]
    if status == Unavailable.status:
        fields.append((b"retry-after", b"%d" % RETRY_AFTER))
    if more:
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": payload, "more_body": True})
    else:
        await send_whole(send, status, fields, payload)


async def send_whole(send: Send, status: int, headers: Sequence[Header], body: bytes) -> None:
    """Send a response that is ready, in one write where the server can do that."""
    if isinstance(send, Response):
        await send.send_whole(status, headers, body)
    else:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def send_error(
    send: Send, error: PublicError, *, media_type: MediaType = JSON, headers: Iterable[Header] = ()
) -> None:
    """Send an error as the `errors` of a GraphQL response, under its own status."""
    await send_json(send, error_body(error), status=error.status, media_type=media_type, headers=headers)


async def send_error_and_close(receive: Receive, send: Send, error: PublicError, media_type: MediaType) -> None:
    """Send an error to a client that may still be sending, drop what it sends for a moment, and close."""
    close = [(b"connection", b"close")]
    await send_json(send, error_body(error), status=error.status, media_type=media_type, headers=close, more=True)
    try:
        async with asyncio.timeout(LINGER):
            while (message := await receive())["type"] == "http.request" and message.get("more_body"):
                pass
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@cache
def content_type(media_type: MediaType) -> Header:
    """Return the field that names a type."""
    return (b"content-type", f"{media_type}; charset=utf-8".encode())


def error_body(error: PublicError) -> dict[str, Any]:
    """Return the response map for an error before execution."""
    return {"errors": [{"message": error.message, "extensions": error.extensions}]}
