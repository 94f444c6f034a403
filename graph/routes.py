"""Which path leads where, and the middleware in front of all of them, outermost first."""

from collections.abc import Mapping

from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.drain import Drain
from graph.engine import Engine
from graph.field_budgets import field_seconds
from graph.http.budgets import BUDGETS_PATH, BudgetsEndpoint
from graph.http.endpoint import GraphQLEndpoint
from graph.http.endpoints import Endpoints
from graph.http.head import Judge
from graph.http.health import Readiness, livez
from graph.http.ide import IdeOrEndpoint
from graph.http.metrics import METRICS_PATH, MetricsEndpoint
from graph.http.ready import ReadyAnswers
from graph.ide import ASSETS_PATH, ide_assets
from graph.middleware.draining import ALIVE_PATH
from graph.middleware.failures import Failures
from graph.middleware.gates import Gates
from graph.recent_fields import RecentFields
from graph.rest.routes import rest_paths
from graph.websocket.connection import WebSocketEndpoint
from ops.errors import NotFound
from ops.metrics import Metrics
from ops.settings import Settings

GRAPHQL_PATH = "/graphql"


class _Http:
    """Starlette takes a function for a request handler; an instance is plain ASGI, which is what these are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class _Paths:
    """Requests of a few busy paths, found by one look; all others, and sockets, by the router."""

    def __init__(self, busy: Mapping[str, ASGIApp], others: ASGIApp) -> None:
        self._busy = busy
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._busy.get(scope["path"]) if scope["type"] == "http" else None
        await (found or self._others)(scope, receive, send)


def build_routes(
    engine: Engine,
    settings: Settings,
    drain: Drain,
    metrics: Metrics,
    readiness: Readiness,
    recent: RecentFields | None = None,
) -> Gates:
    """Return the application for requests and sockets; lifespan is the caller's."""
    judge = Judge(settings, field_seconds(engine.schema))
    http: ASGIApp = GraphQLEndpoint(engine, judge, settings, drain)
    if settings.exploring:
        http = IdeOrEndpoint(http, settings)
    routes = [
        WebSocketRoute(GRAPHQL_PATH, _Http(WebSocketEndpoint(engine, settings, drain))),
        Route(ALIVE_PATH, _Http(livez)),
        Route("/readyz", _Http(readiness)),
        Route(METRICS_PATH, _Http(MetricsEndpoint(metrics, settings))),
        *(Route(path, _Http(answer)) for path, answer in rest_paths(engine, settings)),
    ]
    if recent is not None:
        routes.append(Route(BUDGETS_PATH, _Http(BudgetsEndpoint(recent, settings))))
    if settings.exploring:
        routes.append(Mount(ASSETS_PATH.rstrip("/"), app=ide_assets))
    others = Router(routes, redirect_slashes=False, default=_not_found)
    failures = Failures(metrics, drain)
    ready = ReadyAnswers(GRAPHQL_PATH, engine, judge, settings, drain, failures, metrics.requests)
    endpoints = Endpoints(metrics.requests, [GRAPHQL_PATH], routes)
    return Gates(
        _Paths({GRAPHQL_PATH: http}, others), settings, drain, failures, endpoints, metrics.presence, ready.find
    )


async def _not_found(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "No socket is served at this path"})
        return
    raise NotFound(f"Nothing is served at this path; the API is at {GRAPHQL_PATH}")
