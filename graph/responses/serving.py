"""A kept answer on the wire: whole, or as 304 where the client says that it has it already."""

import time

from starlette.types import Scope, Send

from graph.http.responses import send_whole
from graph.middleware.response import Response
from graph.responses.kept import Kept, names

READING = ("GET", "HEAD")
_IF_NONE_MATCH = b"if-none-match"


async def send_kept(scope: Scope, send: Send, kept: Kept) -> None:
    """Answer a request. A GET or HEAD sees the entity tag, and 304 where it named that tag (RFC 9110, section 15.4.5).

    Other methods see no tag: none of them may be answered with 304.
    """
    age = kept.age(time.monotonic())
    if scope["method"] not in READING:
        if not age and isinstance(send, Response) and send.send_ready(kept.common, kept.body):
            return
        await send_whole(send, 200, [*kept.headers, *age], kept.body)
        return
    etag = (b"etag", kept.etag)
    asked = b",".join(value for name, value in scope["headers"] if name == _IF_NONE_MATCH)
    if asked and names(asked.decode("latin-1"), kept.etag):
        await send_whole(send, 304, [*kept.validity, etag, *age], b"")
    else:
        await send_whole(send, 200, [*kept.headers, etag, *age], kept.body)
