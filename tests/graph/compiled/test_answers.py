"""Plans answer as graphql-core does: values, nulls, errors, and their places."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import strawberry

from tests.graph.compiled.running import agreed, answer


@strawberry.enum
class Colour(Enum):
    """A name that differs from its value."""

    RED = "r"
    BLUE = "b"


@strawberry.interface
class Being:
    """Has a name."""

    name: str


@strawberry.type
class Person(Being):
    """A being with an age."""

    age: int
    height: float | None = None
    favourite: Colour | None = None
    born: datetime | None = None


@strawberry.type
class Robot(Being):
    """A being with a model."""

    model: str

    @strawberry.field
    def sure(self) -> str:
        """Fail for one robot."""
        if self.name == "broken":
            raise ValueError("out of order")
        return "sure"


def people(**odd: Any) -> list[Person]:
    """Five people, the third with odd attributes."""
    made = [Person(name=f"p{number}", age=number, favourite=Colour.RED) for number in range(5)]
    for name, value in odd.items():
        setattr(made[2], name, value)
    return made


def schema_over(value: Any, kind: Any) -> strawberry.Schema:
    """Make a schema whose only root field gives the value."""

    def resolve() -> Any:
        return value

    resolve.__annotations__["return"] = kind
    query = type("Query", (), {"them": strawberry.field(resolver=resolve)})
    return strawberry.Schema(strawberry.type(query), types=[Person, Robot])


TEXT = "{ them { name years: age height favourite born __typename } }"


async def test_plain_objects() -> None:
    """Names are printed under their aliases, enums by name, instants as the schema's scalar prints them."""
    here = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    data, _ = await agreed(schema_over(people(born=here, height=3), list[Person]), TEXT)
    assert list(data["them"][2]) == ["name", "years", "height", "favourite", "born", "__typename"]
    assert data["them"][2]["favourite"] == "RED"


async def test_what_msgspec_would_take_and_graphql_core_would_not() -> None:
    """A text for an instant, a truth for a number, NaN, numbers too large: each is judged as graphql-core judges."""
    for odd in ({"born": "2026-01-01T00:00:00Z"}, {"age": True}, {"height": float("nan")}, {"age": 2**31}):
        await agreed(schema_over(people(**odd), list[Person | None]), "{ them { name age height born } }")
    _, errors = await agreed(schema_over([{"name": "a", "age": 1}] * 5, list[Person | None]), "{ them { age } }")
    assert [path for _, path in errors] == [["them", number] for number in range(5)]


async def test_a_null_rises_to_where_it_may_be() -> None:
    """From a field that cannot be null to its list item, which can, or to the whole answer."""
    data, errors = await agreed(schema_over(people(age=None), list[Person | None]), "{ them { age } }")
    assert data["them"][2] is None
    assert errors == [("Cannot return null for non-nullable field Person.age.", ["them", 2, "age"])]
    data, _ = await agreed(schema_over(people(age=None), list[Person]), "{ them { age } }")
    assert data is None


async def test_lists_of_lists_and_what_is_no_list() -> None:
    """Tuples and generators are lists; a text is none; one that breaks off fails as a whole."""

    def broken() -> Iterator[int]:
        yield 1
        raise OSError("cut")

    given: list[Any] = [(1, 2), [], (number for number in (3, 4))]
    data, _ = await agreed(schema_over([[1], (2, None)], list[list[int | None]]), "{ them }")
    assert data == {"them": [[1], [2, None]]}
    assert (await answer(schema_over(given, list[list[int]]), "{ them }")).errors == []
    for odd in ("text", 7, {"a": 1}):
        await agreed(schema_over([[1], odd], list[list[int] | None]), "{ them }")
    result = await answer(schema_over([[1], broken()], list[list[int] | None]), "{ them }")
    assert [(error.message, error.path) for error in result.errors] == [("cut", ["them", 1])]


async def test_interfaces_part_by_type_and_keep_their_order() -> None:
    """Fragments apply to their own type; one object's failure is its own."""
    beings = [Person(name="a", age=1), Robot(name="b", model="m"), Robot(name="broken", model="n"), *people()]
    text = "{ them { name ... on Person { age } ...R } } fragment R on Robot { model sure }"
    data, errors = await agreed(schema_over(beings, list[Being | None]), text)
    assert [len(one) if one else None for one in data["them"]] == [2, 3, None, 2, 2, 2, 2, 2]
    assert errors == [("out of order", ["them", 2, "sure"])]


async def test_conditions_and_merged_fields() -> None:
    """The same response key twice is one field with both selections; what is skipped is not there."""
    text = "query ($yes: Boolean!) { them { name @skip(if: $yes) } them { age @include(if: $yes) } }"
    for yes in (True, False):
        data, _ = await agreed(schema_over(people(), list[Person]), text, yes=yes)
        assert list(data["them"][0]) == (["age"] if yes else ["name"])


async def test_an_attribute_that_raises_stop_iteration_fails_alone() -> None:
    """It ends no loop of the engine's: the objects after it keep their values."""

    @strawberry.type
    class Odd:
        number: int | None

    @strawberry.type
    class Query:
        @strawberry.field
        def odds(self) -> list[Odd]:
            return [Odd(number=1), _Stopping(), Odd(number=3)]  # type: ignore[list-item]

    data, errors = await agreed(strawberry.Schema(Query), "{ odds { number } }")
    assert [odd["number"] for odd in data["odds"]] == [1, None, 3]
    assert [path for _, path in errors] == [["odds", 1, "number"]]


class _Stopping:
    """An object that says it is at its end when it is read."""

    @property
    def number(self) -> int:
        """Raise what ends loops."""
        raise StopIteration("no more")
