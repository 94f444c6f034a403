"""What a request for metrics is answered: one answer, after which the connection is closed."""

import asyncio
import ipaddress
import socket
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers

from graph.http.operator import check_operator
from ops.errors import MethodNotAllowed, NotFound, PublicError
from ops.metrics import Metrics
from ops.metrics.exposition import TEXT, content_type, pieces
from ops.metrics_port.request import Head
from ops.settings import Settings

_PATHS: Final = ("/metrics", "/livez")


async def answer(head: Head, metrics: Metrics, guard: Settings | None) -> bytes:
    """Return the whole answer, head and body; failures that are meant for the client are answers as well.

    With the settings as a `guard`, whoever asks outside development has to send the operator's token.
    """
    try:
        form, body = await _body(head, metrics, guard)
    except PublicError as error:
        allow = ["allow: GET, HEAD"] if isinstance(error, MethodNotAllowed) else []
        return _written(error.status, TEXT, f"{error.message}\n".encode(), head.method, *allow)
    return _written(HTTPStatus.OK, form, body, head.method, "vary: accept")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on a host, by name or address."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)


async def _body(head: Head, metrics: Metrics, guard: Settings | None) -> tuple[str, bytes]:
    if head.path not in _PATHS:
        raise NotFound("Nothing is served at this path; metrics are at /metrics")
    if head.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed("Metrics are read by GET")
    if head.path == "/livez":
        return TEXT, b"alive\n"
    headers = Headers(raw=head.headers)
    if guard is not None:
        check_operator(headers, guard)
    await metrics.refresh()
    form = content_type(", ".join(headers.getlist("accept")))
    written = []
    for piece in pieces(metrics.registry, form):
        written.append(piece)
        await asyncio.sleep(0)  # the process has its own work to do
    return form, b"".join(written)


def _written(status: int, form: str, body: bytes, method: str, *fields: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"content-type: {form}",
        f"content-length: {len(body)}",
        "cache-control: no-store",
        "connection: close",
        *fields,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if method == "HEAD" else body)
