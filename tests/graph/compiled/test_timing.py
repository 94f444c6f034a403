"""Timings hear of each field path that has a resolver: once, with its parents, until its last value has come."""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import pytest
import strawberry
from graphql.execution.values import VariableValues

from graph.compiled import BATCH, Result
from graph.compiled.timing import LONGEST_KEY
from tests.graph.compiled.hearing import Heard
from tests.graph.compiled.running import plain_wait, plan_of

GATES: dict[str, asyncio.Event] = {}


def at_once(parents: list[Any], _info: strawberry.Info) -> list[int]:
    """Answer without a wait."""
    return [parent.number for parent in parents]


async def coroutine(parents: list[Any], _info: strawberry.Info) -> list[int]:
    """Answer by a coroutine."""
    await GATES["coroutine"].wait()
    return at_once(parents, _info)


def future(parents: list[Any], info: strawberry.Info) -> Awaitable[list[int]]:
    """Answer by a future, which runs whether it is awaited or not."""
    found: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()

    async def answer() -> None:
        await GATES[info.path.key if isinstance(info.path.key, str) else ""].wait()
        found.set_result(at_once(parents, info))

    TASKS.append(asyncio.create_task(answer()))
    return found


def wrong(_parents: list[Any], _info: strawberry.Info) -> list[int]:
    """Fail."""
    raise ValueError("no")


TASKS: list[asyncio.Task[None]] = []


@strawberry.type
class Item:
    """A number, in several ways."""

    number: int

    @strawberry.field(metadata={BATCH: at_once})
    def now(self) -> int | None:
        """Batch, without a wait."""
        return self.number

    @strawberry.field(metadata={BATCH: coroutine})
    async def later(self) -> int | None:
        """Batch, by a coroutine."""
        return self.number

    @strawberry.field(metadata={BATCH: future})
    async def coming(self) -> int | None:
        """Batch, by a future."""
        return self.number

    @strawberry.field(metadata={BATCH: wrong})
    def broken(self) -> int | None:
        """Batch, failing."""
        raise ValueError

    @strawberry.field
    async def alone(self) -> int | None:
        """Answer each parent for itself, the last one late."""
        await asyncio.sleep(0)
        if self.number == 2:
            await GATES["alone"].wait()
        return self.number

    @strawberry.field
    def items(self) -> list["Item"]:
        """Two more."""
        return [Item(number=self.number) for _ in range(2)]


@strawberry.type
class Query:
    """Items."""

    @strawberry.field
    def items(self) -> list[Item]:
        """Give three."""
        return [Item(number=number) for number in range(3)]


@strawberry.type
class Mutation:
    """Two, one after the other."""

    @strawberry.mutation
    async def first(self) -> Item:
        """Take a turn."""
        await asyncio.sleep(0)
        return Item(number=1)

    @strawberry.mutation
    def second(self) -> Item:
        """Take none."""
        return Item(number=2)


SCHEMA = strawberry.Schema(Query, Mutation)


@pytest.fixture(autouse=True)
def gates() -> None:
    """Open all gates but those that a test closes."""
    TASKS.clear()
    GATES.clear()
    for name in ("coroutine", "coming", "slow", "quick", "alone"):
        GATES[name] = asyncio.Event()
        GATES[name].set()


def begun(text: str) -> tuple[Heard, Any]:
    """Start an operation; return what was heard so far, and what is left to await."""
    plan = plan_of(SCHEMA, text)
    heard = Heard(plan)
    return heard, plan.run(None, None, VariableValues({}, {}), plain_wait, heard)


async def run(text: str) -> Heard:
    """Run an operation to its end."""
    heard, rest = begun(text)
    result = rest if isinstance(rest, Result) else await cast("Awaitable[Result]", rest)
    assert result.data is not None
    return heard


def test_columns_are_field_paths_with_a_resolver() -> None:
    """Aliases are paths of their own and fragments none; attributes and `__typename` have no column."""
    plan = plan_of(SCHEMA, "{ mine: items { ...F __typename more: items { now } } } fragment F on Item { number now }")
    assert plan.columns == (
        ("mine", "Query.items", "method"),
        ("mine.now", "Item.now", "batch"),
        ("mine.more", "Item.items", "method"),
        ("mine.more.now", "Item.now", "batch"),
    )


def test_a_long_alias_is_cut() -> None:
    """A client cannot make every path below an alias as long as its document."""
    (column,) = plan_of(SCHEMA, "{ %s: items { number } }" % ("a" * 5_000)).columns
    assert column.path == "a" * (LONGEST_KEY - 1) + "…"


async def test_each_path_begins_and_ends_once_with_all_of_its_parents() -> None:
    """Lists in lists are one column: three parents, then six."""
    heard = await run("{ items { now items { now later } } }")
    assert dict(heard.parents) == {
        "items": 1,
        "items.now": 3,
        "items.items": 3,
        "items.items.now": 6,
        "items.items.later": 6,
    }
    assert sorted(heard.events) == sorted(
        [f"{what} {path}" for path in heard.parents for what in ("begin", "end")] + ["resume items.items.later"]
    )


async def test_a_future_ends_when_it_has_come() -> None:
    """Futures are awaited one after the other; the second has come long before anybody looks at it."""
    GATES["slow"].clear()
    heard, rest = begun("{ items { slow: coming quick: coming } }")
    running = asyncio.ensure_future(rest)
    await asyncio.wait(TASKS[1:])
    await asyncio.sleep(0)
    assert heard.unended == {"items.slow"}
    GATES["slow"].set()
    await running
    assert heard.unended == set()


async def test_a_coroutine_ends_when_it_returns() -> None:
    """Until then its column lasts."""
    GATES["coroutine"].clear()
    heard, rest = begun("{ items { later now } }")
    running = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    assert heard.unended == {"items.later"}
    GATES["coroutine"].set()
    await running
    assert heard.unended == set()


async def test_a_method_ends_with_its_last_value() -> None:
    """Two of three values have come, and the column lasts."""
    GATES["alone"].clear()
    heard, rest = begun("{ items { alone } }")
    running = asyncio.ensure_future(rest)
    for _ in range(5):
        await asyncio.sleep(0)
    assert heard.unended == {"items.alone"}
    GATES["alone"].set()
    await running
    assert heard.unended == set()


async def test_what_fails_has_ended() -> None:
    """A failure is an end like any other."""
    heard, result = begun("{ items { broken now } }")
    assert isinstance(result, Result)
    assert len(result.errors) == 3
    assert heard.events == ["begin items", "end items"] + [
        f"{what} items.{name}" for name in ("broken", "now") for what in ("begin", "end")
    ]


async def test_a_run_that_is_given_up_ends_its_columns() -> None:
    """Its cancel reaches what they wait for, and is their end."""
    GATES["coming"].clear()
    GATES["alone"].clear()
    heard, rest = begun("{ items { coming alone } }")
    running = asyncio.ensure_future(rest)
    for _ in range(5):
        await asyncio.sleep(0)
    assert heard.unended == {"items.coming", "items.alone"}
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    assert heard.unended == set()
    TASKS[0].cancel()


async def test_mutations_follow_each_other() -> None:
    """The second begins when the first has ended."""
    heard = await run("mutation { first { now } second { now } }")
    assert heard.events == [
        "begin first",
        "end first",
        "resume first",
        "end first",
        *("begin first.now", "end first.now", "begin second", "end second", "begin second.now", "end second.now"),
    ]
