"""Our own schema over a filled database: random operations under compiled plans and under graphql-core."""

import asyncio
import gc
import sys
from collections import Counter
from random import Random
from typing import Any

import pytest

from graph.compiled import Plans
from loaders.context import RequestContext
from storage.deadline import Deadline
from storage.session import Session
from tests.flows.conftest import Api
from tests.flows.market import NOW
from tests.graph.compiled.oracle.both import Prepared
from tests.graph.compiled.oracle.operations import Generated, Generator
from tests.graph.compiled.oracle.reduction import reduced

OPERATIONS = 400
KNOWN: dict[str, tuple[Any, ...]] = {
    "symbol": ("S117", "s003", "BRK.B", "S000", "NONE"),
    "symbols": (["S117", "S003"], ["S060"], [], ["S117", "NONE"]),
    "first": (1, 2, 3, 5, 1, 2, 3, 5, 0, -1, 1_000_000),
    "text": ("S11", "company", "berkshire", ""),
    "ids": (["junk", "S117"], []),
    "id": ("junk",),
    "with": ("S003", "S060", "NONE"),
    "minMentions": (1, 5, 2**31 - 1),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "market",
    ["plain-compiled", pytest.param("timescale-compiled", marks=pytest.mark.timescale)],
    indirect=True,
)
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # graphql-core's, when it cancels
async def test_plans_answer_our_schema_as_graphql_core_does(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """Data, errors, paths and locations are equal by the oracle's rule, SQL and loaders included."""
    plans = Plans(api.schema, most=50)
    counts: Counter[str] = Counter()

    async def differs(operation: Generated) -> str | None:
        prepared = Prepared.of(api.schema, operation.text, operation.variables)
        plan = prepared.plan(plans, f"{operation.text} {operation.variables}")
        if plan is None:
            return f"left to graphql-core: {dict(plans.fallbacks)}"
        contexts: list[RequestContext] = []

        def make() -> tuple[None, RequestContext]:
            contexts.append(RequestContext(Session(api.database, Deadline.after(10)), api.settings, NOW))
            return None, contexts[-1]

        try:
            found, reference = await prepared.differs(plan, make, alone=False)
        finally:
            await asyncio.gather(*(context.aclose() for context in contexts))
        counts["operations"] += 1
        counts["with errors"] += bool(reference.errors)
        counts["with data"] += bool(reference.data and any(value is not None for value in reference.data.values()))
        return found

    for seed in range(OPERATIONS):
        random = Random(seed)
        generator = Generator(api.schema, random, random.choice((4, 8, 16)), random.randint(2, 5), KNOWN)
        operation = generator.operation()
        if await differs(operation) is not None:
            smallest = await reduced(api.schema, operation, differs)
            pytest.fail(f"\n{smallest.text}\n{smallest.variables}\n{await differs(smallest)}", pytrace=False)
    gc.collect()
    with capsys.disabled():
        print(f"\noracle over our schema: {dict(counts)}", file=sys.stderr)  # noqa: T201 - the counts
    assert counts["with data"] > OPERATIONS // 3
