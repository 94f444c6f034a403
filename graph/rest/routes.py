"""The paths beside `/graphql` that answer with known documents."""

from collections.abc import Iterable

from starlette.types import ASGIApp

from graph.engine import Engine
from graph.rest.document import DocumentEndpoint
from graph.rest.stock_batch import StockBatch
from graph.rest.stock_details import StockDetails
from ops.settings import Settings


def rest_paths(engine: Engine, settings: Settings) -> Iterable[tuple[str, ASGIApp]]:
    """Yield each path with its application; a symbol may hold a slash, as BRK/B does."""
    yield "/documents/{document:path}", DocumentEndpoint(engine, settings)
    yield "/api/v1/stocks/batch", StockBatch(engine, settings.limits)
    yield "/api/v1/stocks/{symbol:path}/details", StockDetails(engine)
