"""Cross-origin calls from the origins in the settings, and from no others (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Scope, Send

from graph.http.connection import Header

ANY = "*"
_METHODS = "GET, POST"
_MAX_AGE = "600"
_READABLE = "retry-after, x-request-id"


class Permission:
    """What one response says of the origin that asked; `headers` is empty where that has no permission."""

    __slots__ = ("_depends_on_origin", "headers")

    def __init__(self, headers: dict[str, str], *, depends_on_origin: bool) -> None:
        self.headers = headers
        self._depends_on_origin = depends_on_origin

    @property
    def origin(self) -> str | None:
        """The origin that is permitted, or the wildcard."""
        return self.headers.get("access-control-allow-origin")

    def complete(self, fields: list[Header]) -> list[Header]:
        """Add to a response's head what it says."""
        head = MutableHeaders(raw=fields)
        head.update(self.headers)
        if self.headers:
            head["access-control-expose-headers"] = _READABLE
        if self._depends_on_origin:
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
        return Permission(self._allow(origin), depends_on_origin=ANY not in self._origins)

    def _allow(self, origin: str | None) -> dict[str, str]:
        """Return the headers that allow an origin; credentials never go with the wildcard.

        The wildcard is said to whoever asks: a cache may keep what a program fetched, and show it to a page.
        """
        if ANY in self._origins:
            return {"access-control-allow-origin": ANY}
        if origin is None or origin not in self._origins:
            return {}
        return {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}


def is_preflight(scope: Scope, permission: Permission) -> bool:
    """Whether a browser asks, from a permitted origin, what it may send."""
    if scope["method"] != "OPTIONS" or not permission.headers:
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
