"""The compiled engine against graphql-core, over a schema that misbehaves on purpose.

INSITECHART_TEST_ORACLE_OPERATIONS says how many operations are run (20,000 unless said otherwise); a number of one's
own also draws new operations at each run, where the usual ones are always the same.
"""

import asyncio
import gc
import os
import sys
from collections import Counter
from functools import cache
from random import Random

import pytest
from graphql import GraphQLSchema, parse, validate
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.compiled import Plans
from tests.graph.compiled.oracle.both import Prepared
from tests.graph.compiled.oracle.operations import Generated, Generator
from tests.graph.compiled.oracle.reduction import reduced
from tests.graph.compiled.oracle.things import build_schema, root
from tests.graph.compiled.oracle.world import World

ASKED = os.environ.get("INSITECHART_TEST_ORACLE_OPERATIONS")
OPERATIONS = int(ASKED or 20_000)
SHARDS = 8
AT_ONCE = 25
"""Operations of one example: what a loop and a Hypothesis example cost is shared by so many."""

pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # graphql-core's, when it cancels


@cache
def the_schema() -> GraphQLSchema:
    """The schema, built once."""
    return build_schema()._schema


def draw(random: Random) -> tuple[Generated, World]:
    """Draw an operation, small or large, and a world, sound or odd."""
    fields = random.choice((1, 3, 6, 12, 20, 40))
    generator = Generator(
        the_schema(), random, fields=fields, depth=random.randint(1, 6), leafy=random.choice(("", "a", "a", "b"))
    )
    operation = generator.operation("mutation" if random.random() < 0.05 else "query")
    world = World(random.getrandbits(32), random.choice((0, 0, 50, 300, 1_500)), random.choice((1, 3, 8)))
    return operation, world


async def differs(plans: Plans, operation: Generated, world: World, counts: Counter[str]) -> str | None:
    """Return how the executors differ on this operation, or None."""
    prepared = Prepared.of(the_schema(), operation.text, operation.variables)
    counts["operations"] += 1
    plan = prepared.plan(plans, f"{operation.text} {operation.variables}")
    if plan is None:
        counts["left to graphql-core"] += 1
        return None
    found, reference = await prepared.differs(plan, lambda: (root(world), World(world.seed, world.odd, world.longest)))
    counts["awaited"] += reference.awaited
    counts["with errors"] += bool(reference.errors)
    counts["null altogether"] += reference.data is None
    counts["errors"] += len(reference.errors)
    return found


async def run(seed: int, plans: Plans, counts: Counter[str]) -> None:
    """Run the operations of one seed. Fails with the smallest operation that differs."""
    random = Random(seed)
    for _ in range(AT_ONCE):
        operation, world = draw(random)
        if await differs(plans, operation, world, counts) is None:
            continue

        async def still(smaller: Generated, world: World = world) -> str | None:
            return await differs(plans, smaller, world, Counter())

        smallest = await reduced(the_schema(), operation, still)
        found = await differs(plans, smallest, world, Counter())
        pytest.fail(f"\n{smallest.text}\nvariables {smallest.variables}\n{world}\n{found}", pytrace=False)


@pytest.mark.slow
@pytest.mark.timeout(600 + OPERATIONS // 20)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_plans_answer_as_graphql_core_does(shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Data is equal always; errors are, by the rule that `comparison` states."""
    counts: Counter[str] = Counter()
    plans = Plans(the_schema(), most=100)

    @settings(
        max_examples=max(1, OPERATIONS // SHARDS // AT_ONCE),
        derandomize=ASKED is None,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64 - 1))
    def examples(seed: int) -> None:
        with asyncio.Runner() as runner:
            runner.run(run(seed * SHARDS + shard, plans, counts))

    examples()
    gc.collect()
    with capsys.disabled():
        print(f"\noracle {shard}: {dict(counts)} {dict(plans.fallbacks)}", file=sys.stderr)  # noqa: T201 - the counts
    assert counts["operations"] * SHARDS >= OPERATIONS - SHARDS * AT_ONCE
    assert counts["awaited"] > counts["operations"] // 4
    assert counts["with errors"] > counts["operations"] // 10
    assert counts["left to graphql-core"] <= counts["operations"] // 10


@pytest.mark.parametrize(("text", "world"), [("{ bRobotGrid { __typename } }", World(2057654531, 1500, 3))])
def test_what_differed_once_does_not_again(text: str, world: World) -> None:
    """Differences that were rare: an object that cannot be shown in the message that refuses its type."""
    assert asyncio.run(differs(Plans(the_schema(), most=10), Generated(text, {}), world, Counter())) is None


def test_generated_operations_are_valid() -> None:
    """What the generator makes passes validation: a difference is never due to a document that no server would run."""
    for seed in range(200):
        operation, _ = draw(Random(seed))
        assert validate(the_schema(), parse(operation.text)) == [], operation.text


def test_the_same_seed_draws_the_same() -> None:
    """A difference can be shown again."""
    assert draw(Random(5))[0] == draw(Random(5))[0]
