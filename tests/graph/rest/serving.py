"""The API over the market at the market's instant, in any mode of documents, over real servers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from graph.documents.admission import Documents
from graph.documents.following import Follower
from graph.documents.library import Library
from graph.documents.registered import Registered
from graph.drain import Drain
from graph.engine import Engine
from graph.http.health import Readiness
from graph.rest.builtin import builtin_documents
from graph.routes import build_routes
from graph.schema import build_schema
from loaders.context import RequestContext
from ops.metrics import make_metrics
from ops.settings import Settings
from storage import add_documents
from storage.add_documents import NewDocument
from storage.automatic_documents import AutomaticDocuments
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.redis import RedisState, open_redis
from storage.session import Session
from tests.flows.market import NOW
from tests.http_client import Client, client_of


@dataclass(frozen=True, slots=True)
class Served:
    """A client, and what stands behind its server; the follower looks when a test says so."""

    app: ASGIApp
    client: Client
    database: Database
    follower: Follower
    registered: Registered
    redis: RedisState

    async def register(self, *documents: NewDocument, replace: bool = False) -> None:
        """Register documents and let the server see them."""
        await add_documents.add(Session(self.database, Deadline.after(10)), documents, replace=replace)
        await self.follower.load()


@asynccontextmanager
async def served(
    database_url: str, redis_url: str | None = None, *, builtin: bool = True, **settings: Any
) -> AsyncIterator[Served]:
    """Serve the market; `settings` are the server's."""
    given = Settings.model_validate({"database_url": database_url, "redis_url": redis_url, **settings})
    registered = Registered(builtin_documents() if builtin else ())
    schema = build_schema(given)._schema
    documents = Documents(
        schema,
        given.limits,
        introspection=given.exploring,
        suggestions=given.exploring,
        registered=registered,
        trusted=given.documents == "trusted",
    )
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(open_database(given))
        redis = await opened.enter_async_context(open_redis(given))
        library = Library(documents, registered, AutomaticDocuments(redis), given.documents)

        def open_context() -> RequestContext:
            return RequestContext(Session(database, Deadline.after(10)), given, NOW)

        metrics = make_metrics()
        engine = Engine(schema, documents, open_context, metrics, 10, None, library)
        readiness = Readiness(_NO_DEPENDENCIES, 1)
        app = build_routes(engine, given, Drain(), metrics, readiness)
        follower = Follower(database, registered)
        await follower.load()
        client = await opened.enter_async_context(client_of(app))
        yield Served(app, client, database, follower, registered, redis)


_NO_DEPENDENCIES: Sequence[Any] = ()
