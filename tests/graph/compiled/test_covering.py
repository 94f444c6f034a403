"""A null that covers what is still awaited or still to be resolved: nothing below it is waited for, or begun."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest
import strawberry

from graph.compiled import Result
from graph.expiry import Expiry
from ops.errors import DeadlineExceeded
from tests.graph.compiled.running import agreed, answer

ENDED: list[str] = []
CALLED: list[str] = []
FUTURES: list[asyncio.Future[int]] = []


@strawberry.type
class Item:
    """One of which everything fails or hangs."""

    number: int = 0

    @strawberry.field
    async def breaks(self) -> int:
        """Fail in the next turn."""
        await asyncio.sleep(0)
        raise ValueError("broken")

    @strawberry.field
    def breaks_now(self) -> int:
        """Fail at once, but for the first few."""
        CALLED.append("breaks")
        if self.number < 5:
            return self.number
        raise ValueError("broken now")

    @strawberry.field
    async def hangs(self) -> int | None:
        """Never answer."""
        try:
            await asyncio.sleep(3_600)
        finally:
            ENDED.append("hangs")
        return None

    @strawberry.field
    def called(self) -> int | None:
        """Note the call."""
        CALLED.append("called")
        return None

    @strawberry.field
    async def shared(self) -> int:
        """Await what others await too."""
        return await FUTURES[0]

    @strawberry.field
    async def inner(self) -> "Item":
        """Give another, which cannot be null."""
        return Item()


@strawberry.type
class Query(Item):
    """The same at the root, and ways to more of it."""

    @strawberry.field
    def maybe(self) -> Item | None:
        """Give one that may be null."""
        return Item()

    @strawberry.field
    def many(self) -> list[Item]:
        """Give a thousand."""
        return [Item(number=number) for number in range(1_000)]

    @strawberry.field
    def futures(self) -> list[int] | None:
        """Give one that fails soon and one that never comes."""
        return [_fail(), _hang()]  # type: ignore[list-item]

    @strawberry.field
    async def endless(self) -> list[int]:
        """Give a stream without end, of which the tenth item is none of its type."""
        return _endless("odd")  # type: ignore[return-value]

    @strawberry.field
    async def sound(self) -> list[int]:
        """Give a stream without end that never waits."""
        return _endless(1)  # type: ignore[return-value]


async def _fail() -> int:
    raise ValueError("broken")


async def _hang() -> int:
    try:
        await asyncio.sleep(3_600)
    finally:
        ENDED.append("hangs")
    return 1


async def _endless(tenth: Any) -> AsyncIterator[Any]:
    number = 0
    try:
        while True:
            number += 1
            yield tenth if number == 10 else 1
    finally:
        ENDED.append(f"after {number}" if number < 100 else "at last")


SCHEMA = strawberry.Schema(Query)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Start with nothing ended or called; leave no task."""
    for noted in (ENDED, CALLED, FUTURES):
        noted.clear()
    yield
    assert all(future.done() for future in FUTURES)


async def run(text: str, **more: Any) -> Result:
    """Answer with one item as the root, in time however long a resolver hangs."""
    before = asyncio.all_tasks()
    async with asyncio.timeout(20):
        result = await answer(SCHEMA, text, root=Query(), **more)
    assert asyncio.all_tasks() == before
    return result


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{ breaks hangs }", None),
        ("{ hangs breaks }", None),
        ("{ hangs inner { inner { breaks } } }", None),
        ("{ inner { hangs } breaks }", None),
        ("{ maybe { inner { hangs } breaks } }", {"maybe": None}),
        ("{ maybe { hangs inner { breaks } } }", {"maybe": None}),
    ],
)
async def test_siblings_of_what_nulls_their_parent_are_cancelled(text: str, data: Any) -> None:
    """The answer comes although they hang; they have ended by then, and only the failure is told."""
    result = await run(text)
    assert msgspec.json.decode(msgspec.json.encode(result.data)) == data
    assert [error.message for error in result.errors] == ["broken"]
    assert ENDED == ["hangs"]


async def test_items_beside_one_that_nulls_their_list_are_cancelled() -> None:
    """A list of awaitables ends with the first that fails."""
    result = await run("{ futures }")
    assert [(error.message, error.path) for error in result.errors] == [("broken", ["futures", 0])]
    assert ENDED == ["hangs"]


async def test_a_future_that_others_await_is_not_cancelled() -> None:
    """One path is covered by a null; the other still gets what both asked for."""
    FUTURES.append(asyncio.get_running_loop().create_future())
    asyncio.get_running_loop().call_later(0.05, FUTURES[0].set_result, 5)
    result = await run("{ maybe { breaks shared } shared }")
    assert msgspec.to_builtins(result.data) == {"maybe": None, "shared": 5}
    assert [error.message for error in result.errors] == ["broken"]


async def test_fields_after_one_that_failed_are_not_begun() -> None:
    """As graphql-core: what would come after the failure in the document is not called."""
    before = await run("{ called maybe { breaksNow called } }")
    assert CALLED == ["called", "breaks", "called"]
    assert before.errors == []
    failing = Item(number=9)
    CALLED.clear()
    result = await answer(SCHEMA, "{ breaksNow called inner { called } }", root=failing)
    assert (result.data, CALLED) == (None, ["breaks"])


async def test_a_list_that_one_item_nulls_is_not_resolved_to_its_end() -> None:
    """The sixth of a thousand fails: resolvers were called for it and the few beside it."""
    result = await run("{ many { breaksNow called } }")
    assert (result.data, [error.path for error in result.errors]) == (None, [["many", 5, "breaksNow"]])
    assert len(CALLED) < 100
    await agreed(SCHEMA, "{ many { number breaksNow called } }")


async def test_a_stream_is_closed_at_the_item_that_nulls_its_list() -> None:
    """A stream without end is read as far as the tenth item, and closed."""
    result = await run("{ endless }")
    assert [error.path for error in result.errors] == [["endless", 9]]
    assert ENDED == ["after 10"]


async def test_a_stream_without_end_is_read_until_the_expiry() -> None:
    """Though it never waits, the loop has its turns, and the field fails as late."""
    with Expiry(0.05) as expiry:
        result = await run("{ sound }", wait=expiry.wait)
    assert isinstance(result.errors[0].original_error, DeadlineExceeded)
    assert ENDED == ["at last"]
