"""A column whose answers have come before anybody awaits them lasts no longer than that."""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import strawberry
from graphql.execution.values import VariableValues

from graph.compiled import BATCH, Result
from tests.graph.compiled.hearing import Heard
from tests.graph.compiled.running import plain_wait, plan_of


def at_once(parents: list[Any], _info: strawberry.Info) -> list[int]:
    """Answer without a wait."""
    return [1] * len(parents)


def known(parents: list[Any], info: strawberry.Info) -> Awaitable[list[int]]:
    """Answer by a future that has come, as loaders do of several segments that they remember."""
    found: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
    found.set_result(at_once(parents, info))
    return found


def together(parents: list[Any], info: strawberry.Info) -> Awaitable[list[int]]:
    """Answer by a future that comes in the next turn of the loop, with all others of that turn."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[int]] = loop.create_future()
    loop.call_soon(found.set_result, at_once(parents, info))
    return found


@strawberry.type
class Query:
    """Numbers."""

    @strawberry.field(metadata={BATCH: together})
    async def soon(self) -> int | None:
        """Give a future that comes with its like."""
        return 1

    @strawberry.field(metadata={BATCH: known})
    async def known(self) -> int | None:
        """Give a future that has come."""
        return 1

    @strawberry.field(metadata={BATCH: at_once})
    def now(self) -> int | None:
        """Give no future at all."""
        return 1


SCHEMA = strawberry.Schema(Query)


async def test_a_future_that_has_come_ends_at_once() -> None:
    """What is resolved after it in the same turn of the loop is none of its time."""
    plan = plan_of(SCHEMA, "{ first: known now last: known }")
    heard = Heard(plan)
    result = await cast("Awaitable[Result]", plan.run(None, None, VariableValues({}, {}), plain_wait, heard))
    assert (result.errors, heard.unended) == ([], set())
    assert heard.events == [f"{what} {path}" for path in ("first", "now", "last") for what in ("begin", "end")]


async def test_futures_that_come_together_have_all_ended() -> None:
    """The second is taken before the loop could call back for it; it has ended all the same, and once."""
    plan = plan_of(SCHEMA, "{ first: soon second: soon third: soon }")
    heard = Heard(plan)
    result = await cast("Awaitable[Result]", plan.run(None, None, VariableValues({}, {}), plain_wait, heard))
    assert (result.errors, heard.unended) == ([], set())
    await asyncio.sleep(0)
    assert sorted(heard.events) == sorted(
        f"{what} {path}" for path in ("first", "second", "third") for what in ("begin", "end")
    )
