"""Cross-origin calls from the origins in the settings, and from no others (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Scope, Send

from graph.http.connection import Header

ANY = "*"
_METHODS = "GET, POST"
_MAX_AGE = "600"
_READABLE = "retry-after, x-request-id"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a response says of the origin that asked: `origin` is that or the wildcard, None without a permission."""

    origin: str | None
    depends_on_origin: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers that allow the origin; credentials never go with the wildcard."""
        if self.origin is None:
            return {}
        credentials = {} if self.origin == ANY else {"access-control-allow-credentials": "true"}
        return {"access-control-allow-origin": self.origin, **credentials}

    def complete(self, fields: list[Header]) -> list[Header]:
        """Add to a response's head what it says."""
        head = MutableHeaders(raw=fields)
        head.update(self.headers)
        if self.origin is not None:
            head["access-control-expose-headers"] = _READABLE
        if self.depends_on_origin:
            head.add_vary_header("Origin")
        return fields


class Cors:
    """Permits the origins of the settings; other origins get no permission, and the browser keeps them out."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)

    @property
    def closed(self) -> bool:
        """Whether no origin is ever permitted."""
        return not self._origins

    def permission(self, origin: str | None) -> Permission | None:
        """Return what the response to a request from an origin says; None where no origin is ever permitted."""
        if not self._origins:
            return None
        if ANY in self._origins:  # said to whoever asks: a cache may keep what a program fetched, and show it to a page
            return Permission(ANY, depends_on_origin=False)
        return Permission(origin if origin in self._origins else None, depends_on_origin=True)


def is_preflight(scope: Scope, permission: Permission) -> bool:
    """Whether a browser asks, from a permitted origin, what it may send."""
    if scope["method"] != "OPTIONS" or permission.origin is None:
        return False
    return "access-control-request-method" in Headers(scope=scope)


async def answer_preflight(scope: Scope, permission: Permission, send: Send) -> None:
    """Name the methods, and the headers that were asked for."""
    fields = MutableHeaders(permission.headers)
    fields["access-control-allow-methods"] = _METHODS
    fields["access-control-max-age"] = _MAX_AGE
    fields["vary"] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    wanted = Headers(scope=scope).get("access-control-request-headers")
    if wanted:
        fields["access-control-allow-headers"] = wanted
    await send({"type": "http.response.start", "status": 204, "headers": fields.raw})
    await send({"type": "http.response.body", "body": b""})
