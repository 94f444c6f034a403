"""The shadow in a served application: clients get graphql-core's answer, and each query is compared after it."""

import asyncio
from typing import Any

import pytest
import strawberry
from starlette.types import ASGIApp

from graph.compiled import BATCH
from graph.documents.admission import Documents
from graph.drain import Drain
from graph.engine import Engine
from graph.http.health import Readiness
from graph.routes import build_routes
from graph.shadow import Shadow, open_shadow
from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from tests.asgi_exchange import with_lifespan
from tests.graph.http.witness import Context, Witness
from tests.http_client import client_of


class Text(str):
    """A text of a class of its own, as some libraries return."""

    __slots__ = ()


def _other(parents: list[Any], info: strawberry.Info) -> list[str]:
    return ["of the column"] * len(parents)


@strawberry.type
class Query:
    """Fields on which both executors agree, and one on which they do not."""

    @strawberry.field
    async def same(self) -> str:
        """Give a text that only its class distinguishes."""
        await asyncio.sleep(0)
        return Text("same")

    @strawberry.field
    def fails(self) -> int | None:
        """Fail, in both."""
        raise ValueError("not to be told")

    @strawberry.field(metadata={BATCH: _other})
    def differs(self) -> str:
        """Give what the column does not."""
        return "of the resolver"


def served(metrics: Metrics) -> tuple[ASGIApp, Any]:
    """Return an application under `executor=shadow` with every query compared, and its engine."""
    settings = Settings.model_validate({"executor": "shadow", "shadow_share": 1.0})
    schema = strawberry.Schema(Query)._schema
    documents = Documents(schema, settings.limits, introspection=True, suggestions=False)
    engine = Engine(schema, documents, lambda: Context(Witness()), metrics, 5, executor=settings.executor)
    readiness = Readiness((), settings.deadlines.readiness)
    app = build_routes(engine, settings, Drain(), metrics, readiness)
    return with_lifespan(app), (engine, open_shadow(settings, schema, engine.plans, _alike, metrics))


def _alike(like: Any) -> Any:
    return Context(like.witness)


async def _finished(shadow: Shadow | None) -> None:
    assert shadow is not None
    if shadow._tasks:
        await asyncio.wait(shadow._tasks, timeout=30)


@pytest.mark.parametrize(
    ("query", "data", "verdict"),
    [
        ("{ same }", {"same": "same"}, "same"),
        ("{ same fails }", {"same": "same", "fails": None}, "same"),
        ("{ differs }", {"differs": "of the resolver"}, "different"),
        ("{ __schema { queryType { name } } }", {"__schema": {"queryType": {"name": "Query"}}}, "fallback"),
    ],
)
async def test_a_client_gets_the_references_answer_and_the_verdict_is_counted(
    query: str, data: dict[str, Any], verdict: str
) -> None:
    """Whatever the plan would have said, and from the first request on."""
    metrics = make_metrics()
    app, (engine, opening) = served(metrics)
    async with opening as engine.shadow, client_of(app) as client:
        for _ in range(2):
            response = await client.send("POST", json={"query": query}, headers={"accept": "application/json"})
            assert response.json()["data"] == data
            await _finished(engine.shadow)
        counted = metrics.shadow_operations.labels(verdict)._value.get()
    assert counted == 2
