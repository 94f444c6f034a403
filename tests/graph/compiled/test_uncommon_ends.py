"""What is no Exception, and what does not answer its cancel."""

import asyncio

import pytest
import strawberry

from graph.compiled import settling
from tests.graph.compiled.running import answer


class Stop(BaseException):
    """Raised to end more than a field."""


@strawberry.type
class Query:
    """Fields that end in uncommon ways."""

    @strawberry.field
    async def stops(self) -> int | None:
        """Raise what no field may catch."""
        raise Stop

    @strawberry.field
    def stops_now(self) -> int | None:
        """Do so at once."""
        raise Stop

    @strawberry.field
    async def other(self) -> int | None:
        """Answer later."""
        await asyncio.sleep(0)
        return 1

    @strawberry.field
    async def breaks(self) -> int:
        """Null the answer."""
        await asyncio.sleep(0)
        raise ValueError("broken")

    @strawberry.field
    async def stubborn(self) -> int | None:
        """Wait on, whoever cancels."""
        until = asyncio.get_running_loop().time() + 1
        while (left := until - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                continue
        return 1


SCHEMA = strawberry.Schema(Query)


@pytest.mark.parametrize("text", ["{ stops }", "{ stopsNow }", "{ other stops }", "{ stops a: other b: other }"])
async def test_what_is_no_exception_passes_through_as_it_is(text: str) -> None:
    """It is no field's error and comes in no group; nothing is left running."""
    before = asyncio.all_tasks()
    with pytest.raises(Stop):
        await answer(SCHEMA, text)
    assert asyncio.all_tasks() == before


async def test_what_does_not_answer_its_cancel_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes when its grace is over, while the resolver still goes on."""
    monkeypatch.setattr(settling, "GRACE", 0.01)
    before = asyncio.all_tasks()
    result = await answer(SCHEMA, "{ stubborn breaks }")
    left = asyncio.all_tasks() - before
    assert [error.message for error in result.errors] == ["broken"]
    assert len(left) == 1
    await asyncio.wait(left)
