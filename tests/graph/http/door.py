"""The application over a response cache behind our own server, and what came to it by the ordinary way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Receive, Scope, Send

from graph.documents.admission import Documents
from graph.drain import Drain
from graph.engine import Engine
from graph.http.health import Readiness
from graph.middleware.gates import Gates
from graph.responses.cache import ResponseCache
from graph.routes import build_routes
from ops.metrics import make_metrics
from ops.settings import Settings
from tests.asgi_exchange import with_lifespan
from tests.graph.http.witness import Context, Witness
from tests.graph.responses.server import SCHEMA, TICK, Writes
from tests.live_server import Live, live


class Door:
    """The application over a cache, with the methods of those requests that came to it by the ordinary way."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings.model_validate(settings)
        self.drain = Drain()
        self.writes = Writes()
        self.called: list[str] = []
        cache = ResponseCache(SCHEMA, self.writes, tick=TICK, most=1_000_000, wait=5.0)
        documents = Documents(SCHEMA, self.settings.limits, introspection=True, suggestions=True)
        self.metrics = metrics = make_metrics()
        self.contexts: list[Context] = []

        def open_context() -> Context:
            self.contexts.append(Context(Witness(), mark=1, tick=cache._now()))
            return self.contexts[-1]

        engine = Engine(SCHEMA, documents, open_context, metrics, 5.0)
        engine.responses = cache
        self.gates: Gates = build_routes(engine, self.settings, self.drain, metrics, Readiness((), 1.0))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Live]:
        """Serve as `insitechart serve` does."""

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.called.append(scope["method"])
            await with_lifespan(self.gates)(scope, receive, send)

        async with live(noted, self.drain, self.settings, find_ready=self.gates.ready) as server:
            yield server
