"""What every request passes before it is routed, in this order: id, origin, drain, size of the body; and failures.

One frame holds them all: a middleware of its own for each would cost every request seven calls and six closures.
"""

from time import perf_counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.drain import Drain
from graph.http.connection import FindReady, connection_of
from graph.http.endpoints import Endpoints
from graph.middleware.body_limit import BoundedBody, check_declared
from graph.middleware.cors import Cors, answer_preflight, is_preflight
from graph.middleware.draining import refuse_new
from graph.middleware.failures import Failures
from graph.middleware.request_id import name_request, naming
from graph.middleware.response import Response
from ops.metrics.presence import Presence
from ops.settings import Settings


class Gates:
    """An ASGI application around another, which gets a bounded `receive` and a Response as its `send`.

    `ready` is what our own server may ask before: it passes these gates by itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        drain: Drain,
        failures: Failures,
        endpoints: Endpoints,
        presence: Presence,
        ready: FindReady,
    ) -> None:
        self._presence = presence
        self.ready = ready
        self._endpoints = endpoints
        self._app = app
        self._drain = drain
        self._cors = Cors(settings.cors_origins)
        self._failures = failures
        self._most_bytes = settings.limits.body_bytes
        self._body_seconds = settings.deadlines.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request, let it through, and answer for what goes wrong."""
        request_id = name_request(scope)
        if scope["type"] != "http":
            await self._shake(scope, receive, send, request_id)
            return
        connection = connection_of(scope)
        permission = None if self._cors.closed else self._cors.permission(Headers(scope=scope).get("origin"))
        if permission is not None and is_preflight(scope, permission):
            response = Response(send, connection, request_id, None, self._drain, self._endpoints.times(scope))
            await answer_preflight(scope, permission, response)
            return
        response = Response(send, connection, request_id, permission, self._drain, self._endpoints.times(scope))
        await self._failures.guard(self._admit, scope, receive, response)

    async def _shake(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """Run a socket; its handshake is counted as the request that it is."""
        begun = perf_counter()
        times = self._endpoints.times(scope)

        def answered(status: int) -> None:
            times.note(status, perf_counter() - begun)

        with self._presence.socket(scope["client"][0] if scope.get("client") else ""):
            await self._app(scope, receive, naming(send, request_id, answered))

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        refuse_new(scope, self._drain)
        check_declared(scope, self._most_bytes)
        body = BoundedBody(receive, connection_of(scope), self._most_bytes, self._body_seconds)
        await self._app(scope, body, send)
