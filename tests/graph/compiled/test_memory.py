"""What a run leaves behind: nothing that only the garbage collector would find."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, get_variable_values

from graph.compiled import BATCH, Plan
from graph.expiry import Expiry
from tests.graph.compiled.running import parts, plan_of


class Context:
    """What every resolver of a request sees."""


class Planned(Exception):
    """What the resolvers here raise."""


def _column(parents: list[Any], info: strawberry.Info) -> list[int]:
    raise Planned(f"{len(parents)} of {info.field_name}")


@strawberry.type
class Item:
    """Each field fails in its own way."""

    number: str = "x"

    @strawberry.field
    def now(self, info: strawberry.Info) -> int | None:
        """Fail at once."""
        raise Planned(info.field_name)

    @strawberry.field
    async def later(self, info: strawberry.Info) -> int:
        """Fail when awaited."""
        raise Planned(info.field_name)

    @strawberry.field(metadata={BATCH: _column})
    def column(self) -> int | None:
        """Fail for all."""
        raise Planned

    @strawberry.field
    def odd(self) -> int | None:
        """Give what is no number."""
        return "odd"  # type: ignore[return-value]

    @strawberry.field
    def sound(self) -> int:
        """Give a number."""
        return 1


@strawberry.type
class Query:
    """Items."""

    @strawberry.field
    def items(self) -> list[Item | None]:
        """Give a few."""
        return [Item() for _ in range(5)]


SCHEMA = strawberry.Schema(Query)


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """Leave the collector out: what goes, goes by itself."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> list[Any]:
    """Return what there is of contexts, objects and errors."""
    return [found for found in gc.get_objects() if isinstance(found, Context | Item | Planned | GraphQLError)]


async def run(plan: Plan, text: str) -> int:
    """Run once; return how many errors there were."""
    operation, _ = parts(text)
    values = get_variable_values(SCHEMA._schema, operation.variable_definitions or (), {})
    assert not isinstance(values, list)
    with Expiry(10) as expiry:
        result: Any = plan.run(None, Context(), values, expiry.wait)
        result = await result if hasattr(result, "__await__") else result
    errors = len(result.errors)
    del result  # or the frame holds it, and is held by the errors' tracebacks
    return errors


@pytest.mark.parametrize("field", ["now", "column", "odd", "now column odd", "sound"])
async def test_nothing_of_a_run_outlives_its_result(field: str) -> None:
    """A plan keeps nothing; an error's traceback holds frames, but no column in them holds the error any more.

    What was awaited is left to the collector: tasks and their errors hold each other.
    """
    text = f"{{ items {{ {field} }} }}"
    plan = plan_of(SCHEMA, text)
    before = set(map(id, alive()))
    assert (await run(plan, text) > 0) == (field != "sound")
    await asyncio.sleep(0)  # or the loop holds the task that it stepped last
    assert [found for found in alive() if id(found) not in before] == []


async def test_a_failures_traceback_shows_the_resolver() -> None:
    """What is logged of a masked error still says where it was raised."""
    text = "{ items { now later } }"
    operation, _ = parts(text)
    values = get_variable_values(SCHEMA._schema, operation.variable_definitions or (), {})
    assert not isinstance(values, list)
    with Expiry(10) as expiry:
        result: Any = await plan_of(SCHEMA, text).run(None, Context(), values, expiry.wait)  # type: ignore[misc]
    names = set()
    for error in result.errors:
        trace = error.original_error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        names.add(trace.tb_frame.f_code.co_name)
    assert names == {"now", "later"}
