"""The API's composition root: `create_app(settings)` is the ASGI application, by itself or under `uvicorn --factory`.

Everything is opened in order when the server starts the application's lifespan, and closed in the opposite order.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import cast

import structlog
from starlette.types import Receive, Scope, Send

from graph.documents.admission import Documents
from graph.documents.following import following
from graph.documents.library import Library
from graph.documents.preparing import preparing
from graph.documents.registered import Registered
from graph.drain import Drain
from graph.engine import Engine
from graph.events.hub import open_hub
from graph.execution import OperationContext
from graph.http.connection import Asked, Header
from graph.http.health import Readiness
from graph.http.responses import send_error
from graph.measured import measured
from graph.middleware.gates import Gates
from graph.observing import open_observing
from graph.probes import dependencies
from graph.responses.opening import level, open_responses
from graph.rest.builtin import builtin_documents
from graph.routes import build_routes
from graph.schema import build_schema
from graph.shadow import open_shadow
from graph.stop_signals import drain_at_signal
from loaders.context import RequestContext, instant
from loaders.rows_afresh import reader
from ops.budgets import load_budgets
from ops.errors import PublicError, Unavailable
from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage.automatic_documents import AutomaticDocuments
from storage.cache.link import open_invalidations
from storage.cache.opening import open_row_cache
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.measured import MeasuredQueues
from storage.redis import open_redis
from storage.session import Session

_CLOSED = Unavailable("The server is not open yet, or closed already")
log = structlog.get_logger()


class Application:
    """The ASGI application. A server begins `drain` when it is told to stop; `failure` says why a start failed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.drain = Drain()
        self.metrics = make_metrics(load_budgets(settings.budgets, settings.stage))
        self.failure: str | None = None
        self._routes: Gates | None = None

    def ready(self, method: bytes, url: bytes, headers: Sequence[Header], body: bytes) -> Asked | None:
        """Return what a request asks for, if its answer may be ready, for our own server to ask before it calls."""
        return self._routes.ready(method, url, headers, body) if self._routes is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a socket, or run the lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._routes is not None:
            await self._routes(scope, receive, send)
        elif scope["type"] == "http":
            self.metrics.refused_by_server(_CLOSED)
            await send_error(send, _CLOSED)
        else:
            self.metrics.refused_by_server(_CLOSED, HTTPStatus.FORBIDDEN)  # what servers answer for such a close
            await send({"type": "websocket.close", "code": 1012, "reason": "reconnect"})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as resources:
            try:
                opening = open_routes(self.settings, self.drain, self.metrics)
                self._routes = await resources.enter_async_context(opening)
            except Exception as error:  # noqa: BLE001 - whatever is wrong, the server must be told
                self.failure = _report_failure(error)
                await send({"type": "lifespan.startup.failed", "message": self.failure})
                return
            await send({"type": "lifespan.startup.complete"})
            with drain_at_signal(self.drain):
                await receive()
            self.drain.begin()
            self._routes = None
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def open_routes(settings: Settings, drain: Drain, metrics: Metrics) -> AsyncGenerator[Gates, None]:
    """Open what the API needs, yield the application for requests, and close it all. Raises Unavailable."""
    schema = build_schema(settings)._schema  # noqa: SLF001 - strawberry has no public way to the executable schema
    registered = Registered(builtin_documents())
    documents = Documents(
        schema,
        settings.limits,
        introspection=settings.exploring,
        suggestions=settings.exploring,
        registered=registered,
        trusted=settings.documents == "trusted",
    )
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(settings))
        redis = await opened.enter_async_context(open_redis(settings))
        metrics.refreshers.append(MeasuredQueues(redis, metrics))
        hub = await opened.enter_async_context(open_hub(settings, redis))
        invalidations = await opened.enter_async_context(open_invalidations(settings))
        rows = await opened.enter_async_context(open_row_cache(settings, database, invalidations))
        await _require(database, settings)
        library = Library(documents, registered, AutomaticDocuments(redis), settings.documents)

        def open_context() -> RequestContext:
            session = Session(database, Deadline.after(settings.deadlines.operation))
            return RequestContext(session, settings, instant(settings), mark=invalidations.mark(), rows=rows)

        if rows is not None:
            rows.reader = reader(open_context)

        def open_alike(like: OperationContext) -> RequestContext:
            session = Session(database, Deadline.after(settings.deadlines.operation))
            return RequestContext(session, settings, cast("RequestContext", like).now)

        seconds = settings.deadlines.operation
        engine = Engine(schema, documents, open_context, metrics, seconds, hub, library, settings.executor)
        recent = await opened.enter_async_context(open_observing(engine, schema, settings, metrics))
        engine.responses = responses = open_responses(settings, schema, invalidations)
        if rows is not None:
            rows.responses = partial(level, responses)
        opened.enter_context(measured(metrics, database, rows, hub, engine, documents))
        readiness = Readiness(dependencies(database, redis, settings), settings.deadlines.readiness)
        log.info(
            "opened",
            environment=settings.environment,
            database=database.address,
            redis=await redis.ping(),
            documents=settings.documents,
            executor=settings.executor,
        )
        shadowing = open_shadow(settings, schema, engine.plans, open_alike, metrics)
        prepare = preparing(library, engine.plans)
        for document in builtin_documents():
            prepare(document)
        async with following(database, registered, prepare), shadowing as engine.shadow:
            yield build_routes(engine, settings, drain, metrics, readiness, recent)
            log.info("closing")
    log.info("closed")


def create_app(settings: Settings | None = None) -> Application:
    """Make the application; without settings they come from the environment, as `uvicorn --factory` needs it.

    Raises ValueError for settings that must not serve.
    """
    settings = settings or Settings()
    settings.check_serving()
    return Application(settings)


async def _require(database: Database, settings: Settings) -> None:
    """Refuse to start without a database: a process that cannot answer should not look started."""
    try:
        await database.ping(Deadline.after(settings.deadlines.connect))
    except PublicError as error:
        reason = f": {error.__cause__}" if error.__cause__ else ""
        raise Unavailable(f"PostgreSQL at {database.address} cannot be used{reason}") from error


def _report_failure(error: Exception) -> str:
    """Return why the start failed, for the server to log; log the stack where it is not the operator's to mend."""
    if isinstance(error, PublicError):
        return error.message
    log.error("start_failed", exc_info=error)
    return f"{type(error).__name__}: {error}"
