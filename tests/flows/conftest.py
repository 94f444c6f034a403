"""Fixtures for whole requests: a filled market, and an API over it whose SQL is counted at the driver."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from graphql import GraphQLSchema

import storage.pool_options
from graph.compiled import Plans
from graph.documents.admission import Documents
from graph.documents.refusal import Refusal
from graph.documents.request import OperationRequest
from graph.execution import run_operation
from graph.masking import Masking
from graph.outcome import Outcome
from graph.plan_ledger import ledger
from graph.schema import build_schema
from loaders.context import RequestContext
from ops.metrics import make_metrics
from ops.settings import Executor, Settings
from storage.database import Connection, Database, open_database
from storage.deadline import Deadline
from storage.session import Session
from tests.flows.market import NOW, fill
from tests.servers import Template, cloned


@dataclass
class Answer:
    """What a query came to, and what it cost."""

    outcome: Outcome
    sql: list[str]
    batches: list[str]
    plan: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert self.outcome.errors == (), self.outcome.errors
        return self.outcome.data

    @property
    def error(self) -> dict[str, Any]:
        """The only error, without what a test does not compare."""
        (error,) = self.outcome.errors
        return {"path": error.get("path"), **error["extensions"], "message": error["message"]}


@dataclass
class Api:
    """Admits and runs queries at the market's instant, by plans where there are some."""

    schema: GraphQLSchema
    database: Database
    settings: Settings
    log: list[str] = field(default_factory=list)
    seconds: float = 10
    plans: Plans | None = None

    async def ask(self, query: str, **variables: Any) -> Answer:
        """Run one operation as the HTTP door would."""
        documents = Documents(self.schema, self.settings.limits, introspection=True, suggestions=True)
        admitted = documents.admit(OperationRequest(query, None, variables, {}), allow_mutations=False)
        context = RequestContext(Session(self.database, Deadline.after(self.seconds)), self.settings, NOW)
        if self.plans is not None:
            asked = (admitted.digest, admitted.operation, admitted.fragments, admitted.variables)
            assert self.plans.compile_now(*asked) or set(self.plans.fallbacks) <= {"introspection"}, (
                self.plans.fallbacks
            )
        self.log.clear()
        masking = Masking(make_metrics(), "test")
        outcome = await run_operation(self.schema, admitted, context, masking, self.seconds, self.plans)
        await context.aclose()
        await asyncio.sleep(0)  # the driver tells of a statement one turn of the loop after its rows
        outcome = msgspec.structs.replace(outcome, data=msgspec.to_builtins(outcome.data))
        sql = [statement for statement in self.log if not statement.startswith(("BEGIN", "COMMIT"))]
        if not outcome.errors:  # a batch that nobody waits for any more is stopped, and its statement not counted
            assert len(sql) == len(context.statements), "the session's count is the driver's"
        return Answer(outcome, sql, [record.loader for record in context.ledger], ledger(context, {}))

    async def refused(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the extensions of the only error with which an operation is refused before it runs."""
        with pytest.raises(Refusal) as caught:
            await self.ask(query, **variables)
        (error,) = caught.value.errors
        return dict(error.extensions or {})


def _filled(template: Template) -> Iterator[str]:
    """Keep one clone filled for all tests of a run: they only read."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        url = runner.run(stack.enter_async_context(cloned(template)))
        try:
            runner.run(fill(url))
            yield url
        finally:
            runner.run(stack.aclose())


@pytest.fixture(scope="session")
def plain_market_url(plain_template: Template) -> Iterator[str]:
    """The market on plain PostgreSQL."""
    yield from _filled(plain_template)


@pytest.fixture(scope="session")
def timescale_market_url(timescale_template: Template) -> Iterator[str]:
    """The market on TimescaleDB."""
    yield from _filled(timescale_template)


@pytest.fixture(
    params=["plain-compiled", "plain-reference", pytest.param("timescale-compiled", marks=pytest.mark.timescale)]
)
def market(request: pytest.FixtureRequest) -> tuple[str, Executor]:
    """The market's database and an executor: plans on each back end in turn, graphql-core on one."""
    back_end, _, executor = request.param.partition("-")
    url: str = request.getfixturevalue(f"{back_end}_market_url")
    return url, executor


@asynccontextmanager
async def _opened(url: str, monkeypatch: pytest.MonkeyPatch, executor: Executor) -> AsyncIterator[Api]:
    """Open the API over a database; each connection of its pool reports the statements that it runs."""
    settings = Settings.model_validate({"database_url": url})
    log: list[str] = []
    initialise = storage.pool_options._initialise

    async def watched(connection: Connection) -> None:
        await initialise(connection)
        connection.add_query_logger(lambda record: log.append(record.query))

    monkeypatch.setattr(storage.pool_options, "_initialise", watched)
    async with open_database(settings) as database:
        log.clear()
        schema = build_schema(settings)._schema
        plans = Plans(schema, most=50) if executor == "compiled" else None
        yield Api(schema, database, settings, log, plans=plans)


@pytest.fixture
async def api(market: tuple[str, Executor], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    """The API over the market, for tests that only read."""
    url, executor = market
    async with _opened(url, monkeypatch, executor) as opened:
        yield opened


@pytest.fixture(params=["compiled", "reference"])
async def own_api(
    request: pytest.FixtureRequest, plain_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    """The API over a market of the test's own, for tests that write."""
    await fill(plain_database_url)
    async with _opened(plain_database_url, monkeypatch, request.param) as opened:
        yield opened
