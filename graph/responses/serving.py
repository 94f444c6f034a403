"""A kept answer on the wire: whole, or as 304 where the client says that it has it already."""

import time

from starlette.types import Send

from graph.responses.kept import Kept, names

_NOT_MODIFIED = (b"etag", b"cache-control", b"vary", b"age")


async def send_kept(send: Send, kept: Kept, if_none_match: str | None) -> int:
    """Send an answer and return the status, 200 or 304. `if_none_match` is for GET and HEAD alone: pass None otherwise.

    A 304 carries what a 200 would have said of keeping it (RFC 9110, section 15.4.5).
    """
    fields = kept.aged(time.monotonic())
    if if_none_match is not None and names(if_none_match, kept.etag):
        fields = [field for field in fields if field[0] in _NOT_MODIFIED]
        await send({"type": "http.response.start", "status": 304, "headers": fields})
        await send({"type": "http.response.body", "body": b""})
        return 304
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": kept.body})
    return 200
