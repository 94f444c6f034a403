"""Cross-origin calls from the origins in the settings, and from no others (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY = "*"
_METHODS = "GET, POST"
_MAX_AGE = "600"
_READABLE = "retry-after, x-request-id"


class Cors:
    """Answers preflights of allowed origins; other origins get no permission, and the browser keeps them out."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or mark the response for its origin."""
        if scope["type"] != "http" or not self._origins:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        allowed = self._allow(headers.get("origin"))
        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await self._answer_preflight(headers, allowed, send)
            return

        async def send_with_permission(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = MutableHeaders(scope=message)
                fields.update(allowed)
                if allowed:
                    fields["access-control-expose-headers"] = _READABLE
                if ANY not in self._origins:
                    fields.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, send_with_permission)

    def _allow(self, origin: str | None) -> dict[str, str]:
        """Return the headers that allow an origin; credentials never go with the wildcard."""
        if origin is None:
            return {}
        if ANY in self._origins:
            return {"access-control-allow-origin": ANY}
        if origin not in self._origins:
            return {}
        return {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}

    async def _answer_preflight(self, headers: Headers, allowed: dict[str, str], send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": 204, "headers": []}
        fields = MutableHeaders(scope=start)
        fields.update(allowed)
        fields["access-control-allow-methods"] = _METHODS
        fields["access-control-max-age"] = _MAX_AGE
        fields["vary"] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        wanted = headers.get("access-control-request-headers")
        if wanted:
            fields["access-control-allow-headers"] = wanted
        await send(start)
        await send({"type": "http.response.body", "body": b""})
