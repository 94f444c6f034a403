"""Plans under load: at once, cut off, evicted, and very many of them."""

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Iterator
from random import Random
from typing import Any

import pytest

from graph.compiled import Plan, Plans
from tests.graph.compiled.oracle.both import Prepared, plain_wait
from tests.graph.compiled.oracle.comparison import Answer, difference
from tests.graph.compiled.oracle.operations import Generator
from tests.graph.compiled.oracle.things import build_schema, root
from tests.graph.compiled.oracle.world import World

SCHEMA = build_schema()._schema
QUERY = """query ($number: Int, $filter: Filter, $texts: [String!]) {
  cIntGrid dStringMaybe echoD(number: $number, filter: $filter)
  dPersonList { cStringSure echoC(texts: $texts)
    bBeingSureList { key cDatetimeGrid cNoteList { aIntMaybe cIdGrid } } }
  cAnythingList { __typename ... on Note { cStringSure } ... on Being { key dBeingGrid { echoC(number: $number) } } }
}"""
TURNS = 20
"""Loop turns after which a run is cut off: this world takes a few more."""


def compiled(plans: Plans, prepared: Prepared, digest: str) -> Plan:
    """Compile, or fail."""
    plan = prepared.plan(plans, digest)
    assert plan is not None, plans.fallbacks
    return plan


def asking(number: int) -> Prepared:
    """Return the query with variables of its own."""
    variables = {"number": number, "filter": {"text": f"text {number}"}, "texts": [str(number)] * (number % 3)}
    return Prepared.of(SCHEMA, QUERY, variables)


@pytest.fixture
def collector_later() -> Iterator[None]:
    """Collect after the test: met in the making of a named tuple, a coroutine's warning fails for want of builtins."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.mark.usefixtures("collector_later")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # graphql-core's, when it cancels
async def test_a_hundred_runs_of_one_plan_do_not_meet() -> None:
    """Each has variables, a context and misbehaviour of its own, and is answered as if it were alone."""
    plan = compiled(Plans(SCHEMA, most=10), asking(0), "digest")
    worlds = [World(number, number % 3 * 500, 2) for number in range(100)]
    asked = [asking(number) for number in range(100)]

    async def work(number: int) -> Answer:
        return await asked[number].compiled(plan, root(worlds[number]), worlds[number])

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(number)) for number in range(100)]
    for number, task in enumerate(tasks):
        world = worlds[number]
        reference = await asked[number].reference(root(world), world)
        every = await asked[number].every_error(root(world), world)
        assert difference(reference, task.result(), every) is None, number


@pytest.mark.parametrize("turns", range(TURNS))
async def test_a_run_that_is_cut_off_leaves_nothing_behind(turns: int) -> None:
    """Cancelled after so many turns of the loop: no task, no coroutine that nobody awaited, no complaint of asyncio."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
    plan = compiled(Plans(SCHEMA, most=10), asking(1), "digest")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for odd in (0, 1_000):
            world = World(8, odd, 2)
            run = asyncio.ensure_future(asking(1).compiled(plan, root(world), world))
            for _ in range(turns):
                await asyncio.sleep(0)
            run.cancel()
            await asyncio.wait({run})
            assert asyncio.all_tasks() == {asyncio.current_task()}
        del run
        gc.collect()
        await asyncio.sleep(0)
    assert complaints == []
    assert [str(one.message) for one in warned] == []


async def test_a_run_that_is_cut_off_waits_for_its_resolvers() -> None:
    """A resolver that cleans up when cancelled has done so when the run ends."""
    begun, cleaned = [], []

    async def hang(awaitable: Awaitable[Any]) -> Any:
        begun.append(1)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            cleaned.append(1)
            if asyncio.iscoroutine(awaitable):
                awaitable.close()

    plan = compiled(Plans(SCHEMA, most=10), asking(1), "digest")
    world = World(8, 0, 2)
    running = plan.run(root(world), world, asking(1).variable_values, hang)
    run = asyncio.ensure_future(running)  # type: ignore[arg-type]
    for _ in range(5):
        await asyncio.sleep(0)
    run.cancel()
    await asyncio.wait({run})
    assert run.cancelled()
    assert begun
    assert len(begun) == len(cleaned)


@pytest.mark.usefixtures("collector_later")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # as above
async def test_eviction_under_load_changes_no_answer() -> None:
    """Forty documents through room for four, at once: whichever plan is found or made anew, the answers are right."""
    plans = Plans(SCHEMA, most=4)
    texts = [Generator(SCHEMA, Random(seed), fields=12).operation() for seed in range(40)]
    asked = [Prepared.of(SCHEMA, one.text, one.variables) for one in texts]

    async def ask(turn: int, number: int) -> None:
        plan = asked[number].plan(plans, texts[number].text)
        world = World(turn, 300)
        if plan is not None:
            found = await asked[number].compiled(plan, root(world), world)
            reference = await asked[number].reference(root(world), world)
            every = await asked[number].every_error(root(world), world)
            assert difference(reference, found, every) is None, texts[number]

    async with asyncio.TaskGroup() as group:
        for turn in range(5):
            for number in range(40):
                group.create_task(ask(turn, number))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_thousand_documents_take_bounded_memory() -> None:
    """Distinct documents, each compiled: the objects alive after ten thousand are about those after one thousand."""
    plans = Plans(SCHEMA, most=50)

    def compile_some(numbers: range) -> int:
        for number in numbers:
            text = f"{{ a{number}: aIntSure bPersonSureList {{ b{number}: aStringMaybe echoS(number: {number}) }} }}"
            prepared = Prepared.of(SCHEMA, text, {})
            plan = compiled(plans, prepared, text)
            world = World(number, 0)
            plan.run(root(world), world, prepared.variable_values, plain_wait)
        gc.collect()
        return len(gc.get_objects())

    early = compile_some(range(1_000))
    late = compile_some(range(1_000, 10_000))
    assert late < early * 1.02
