"""Who may open a socket: our own pages and those the settings name, speaking the one protocol we have."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope, Send

from graph.http.accept import JSON
from graph.http.responses import encode, error_body
from ops.errors import BadRequest, CsrfBlocked, PublicError, Unavailable

PROTOCOL = "graphql-transport-ws"
_ANY = "*"
_POLICY_VIOLATION = 1008


def find_objection(scope: Scope, origins: Collection[str], *, draining: bool) -> PublicError | None:
    """Return why the socket is refused, or None."""
    if draining:
        return Unavailable("The server is stopping; connect again, another one will answer")
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None and not _is_ours(origin, headers.get("host", ""), origins):
        return CsrfBlocked("Pages of this origin may not open a socket here")
    if PROTOCOL not in scope.get("subprotocols", ()):
        return BadRequest(f"Offer the WebSocket subprotocol '{PROTOCOL}'; the older 'graphql-ws' is not served")
    return None


async def refuse(scope: Scope, send: Send, error: PublicError) -> None:
    """Answer the handshake with an HTTP error in JSON, where the server can; otherwise with its plain refusal."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": error.message[:120]})
        return
    payload = encode(error_body(error))
    headers = [(b"content-type", f"{JSON}; charset=utf-8".encode()), (b"content-length", str(len(payload)).encode())]
    await send({"type": "websocket.http.response.start", "status": error.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": payload})


def _is_ours(origin: str, host: str, origins: Collection[str]) -> bool:
    if _ANY in origins or origin in origins:
        return True
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
