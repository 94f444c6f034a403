"""The IDE's files over HTTP: the build under hashed names, kept by browsers for ever; the plain page's by entity tag.

A name is one plain segment with a known extension, looked up in one of two folders; nothing else is ever opened.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from graph.ide.build import FILE_NAME, GRAPHIQL, PLAIN
from ops.errors import MethodNotAllowed, NotFound, PublicError

ASSETS_PATH: Final = "/graphql/assets/"

_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
_FOREVER: Final = "public, max-age=31536000, immutable"


_CONFINED: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",  # workers run under their own policy
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


async def ide_assets(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application for GET and HEAD below `ASSETS_PATH`; 404 and 405 carry their code as JSON."""
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
        return
    await _respond(scope)(scope, receive, send)


def _respond(scope: Scope) -> Response:
    if scope["method"] not in {"GET", "HEAD"}:
        refusal = _refuse(MethodNotAllowed("Files are read by GET or HEAD."))
        refusal.headers["allow"] = "GET, HEAD"
        return refusal
    request = Headers(scope=scope)
    name = scope["path"].partition(ASSETS_PATH)[2]
    if name.startswith("plain/"):
        return _file(request, PLAIN, name.removeprefix("plain/"), "no-cache")
    return _file(request, GRAPHIQL, name, _FOREVER)


def _file(request: Headers, folder: Path, name: str, caching: str) -> Response:
    path = folder / name
    if not FILE_NAME.fullmatch(name) or path.suffix not in _TYPES or not path.is_file():
        return _refuse(NotFound("No such file."))
    headers = {"cache-control": caching, "vary": "accept-encoding", **_CONFINED}
    packed = folder / f"{name}.gz"
    if _takes_gzip(request) and packed.is_file():
        path = packed
        headers["content-encoding"] = "gzip"
    response = FileResponse(path, headers=headers, media_type=_TYPES[Path(name).suffix], stat_result=path.stat())
    if response.headers["etag"] in request.get("if-none-match", ""):
        headers["etag"] = response.headers["etag"]
        return Response(status_code=304, headers=headers)
    return response


def _takes_gzip(headers: Headers) -> bool:
    for offer in ",".join(headers.getlist("accept-encoding")).split(","):
        coding, _, weight = offer.replace(" ", "").lower().partition(";q=")
        if coding == "gzip":
            try:
                return float(weight or 1) > 0
            except ValueError:
                return False
    return False


def _refuse(error: PublicError) -> Response:
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    return JSONResponse(body, error.status, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"})
