"""A request body, whole."""

from starlette.types import Receive

from graph.http.disconnect import ClientLeft
from graph.middleware.body_limit import BoundedBody


async def read_whole(receive: Receive) -> bytes:
    """Return the body's bytes; their number and time are bounded by the middleware. Raises ClientLeft."""
    if isinstance(receive, BoundedBody) and (body := receive.take()) is not None:
        return body
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientLeft
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)
