"""Batch fields: once per path, arguments coerced once, failures by item."""

from typing import Any

import msgspec
import pytest
import strawberry

from graph.compiled import BATCH
from tests.graph.compiled.running import answer

CALLS: list[tuple[int, dict[str, Any]]] = []
GIVEN: dict[str, Any] = {}


async def doubled(parents: list[Any], info: strawberry.Info, **given: Any) -> Any:
    """Note the call, and return what the test gave, or each number doubled."""
    CALLS.append((len(parents), given))
    assert (info.field_name, info.python_name, info.context) == ("doubledBy", "doubled_by", "context")
    return GIVEN.get("result", [parent.number * given["factor"] for parent in parents])


@strawberry.type
class Item:
    """A number."""

    number: int

    @strawberry.field(metadata={BATCH: doubled})
    async def doubled_by(self, factor: int = 2) -> int | None:
        """Multiply."""
        return self.number * factor


@strawberry.type
class Query:
    """Some items."""

    @strawberry.field
    def items(self) -> list[Item]:
        """Give three."""
        return [Item(number=number) for number in range(3)]


SCHEMA = strawberry.Schema(Query)


@pytest.fixture(autouse=True)
def forget() -> None:
    """Start without calls."""
    CALLS.clear()
    GIVEN.clear()


async def run(text: str, **variables: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """Return data and errors."""
    result = await answer(SCHEMA, text, context="context", **variables)
    data = msgspec.json.decode(msgspec.json.encode(result.data))
    return data, [(error.message, error.path) for error in result.errors]


async def test_one_call_per_path() -> None:
    """Two aliases are two paths; defaults, literals and variables arrive by their Python names."""
    data, _ = await run("query ($f: Int!) { items { a: doubledBy b: doubledBy(factor: $f) } }", f=5)
    assert data["items"][2] == {"a": 4, "b": 10}
    assert CALLS == [(3, {"factor": 2}), (3, {"factor": 5})]


async def test_an_item_that_is_an_exception_fails_alone() -> None:
    """The others stand."""
    GIVEN["result"] = [1, ValueError("no"), None]
    data, errors = await run("{ items { doubledBy } }")
    assert [item["doubledBy"] for item in data["items"]] == [1, None, None]
    assert errors == [("no", ["items", 1, "doubledBy"])]


@pytest.mark.parametrize("result", [[1, 2], [1, 2, 3, 4], None, "abc", 7])
async def test_a_result_that_does_not_fit_fails_every_item(result: Any) -> None:
    """Nothing is shifted and nothing left out."""
    GIVEN["result"] = result
    _, errors = await run("{ items { doubledBy } }")
    assert [path for _, path in errors] == [["items", number, "doubledBy"] for number in range(3)]
    assert all("Item.doubledBy" in message for message, _ in errors)


async def test_nobody_asks_for_no_parents() -> None:
    """An empty list calls no batch."""
    empty = strawberry.Schema(strawberry.type(type("Query", (), {"items": strawberry.field(resolver=_none)})))
    assert (await answer(empty, "{ items { doubledBy } }")).errors == []
    assert CALLS == []


def _none() -> list[Item]:
    return []
