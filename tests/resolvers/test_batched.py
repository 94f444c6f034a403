"""A field is declared once, by its column function: the resolver of one object is made of it, and says the same."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import pytest
import strawberry
from strawberry.schema.schema_converter import GraphQLCoreConverter

from graph.compiled import BATCH as READ_BY_ENGINE
from graph.schema import build_schema
from ops.settings import Settings
from resolvers.batched import BATCH, Column, batched, published, settled

Times = Annotated[int, strawberry.argument(description="How many times.")]


def repeated(words: Sequence[str], _: strawberry.Info, times: Times = 2) -> Column:
    """Repeat each word; no word fails."""
    return [word * times if word else ValueError("no word") for word in words]


async def later(words: Sequence[str], info: strawberry.Info, times: Times = 2) -> list[Any]:
    """Do so a turn later."""
    await asyncio.sleep(0)
    return await settled(repeated(words, info, times))


def short(words: Sequence[str], _: strawberry.Info) -> Column:
    """Return too little."""
    return list(words[1:])


def joined(words: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """Put each word and its number together."""
    return [f"{word}{number}" for word, number in zip(words, numbers, strict=True)]


@strawberry.type
class Root:
    """Fields over a word."""

    now: str | None = batched(repeated, description="At once.", name="atOnce")
    later: str | None = batched(later, description="Later.")
    short: str | None = batched(short, description="Wrong.")


async def asked(query: str, word: str) -> Any:
    """Run a query on Strawberry's own executor."""
    return await strawberry.Schema(query=Root).execute(query, root_value=word)


@pytest.mark.parametrize("name", ["atOnce", "later"])
async def test_the_resolver_of_one_object_is_the_column_of_one(name: str) -> None:
    """Arguments and their defaults reach the column, and its only value, or failure, is the object's."""
    result = await asked(f"{{ plain: {name} given: {name}(times: 3) }}", "ab")
    assert (result.data, result.errors) == ({"plain": "abab", "given": "ababab"}, None)
    failed = await asked(f"{{ {name} }}", "")
    assert failed.data == {name: None}
    assert [(error.message, error.path) for error in failed.errors] == [("no word", [name])]


async def test_a_column_of_the_wrong_length_is_an_error() -> None:
    """Values that could belong to anybody are given to nobody."""
    result = await asked("{ short }", "ab")
    assert result.data == {"short": None}
    assert isinstance(result.errors[0].original_error, ValueError)


def test_arguments_and_descriptions_reach_the_schema() -> None:
    """The field looks as if it had been declared with an ordinary resolver."""
    assert '"""At once."""' in strawberry.Schema(query=Root).as_str()
    assert (
        'atOnce(\n    """How many times."""\n    times: Int! = 2\n  ): String' in strawberry.Schema(query=Root).as_str()
    )


def test_both_rooms_mean_the_same_key() -> None:
    """Neither imports the other: this test is what holds them together."""
    assert BATCH == READ_BY_ENGINE


def test_every_field_that_resolves_does_so_by_column() -> None:
    """No field of the API was left behind on a resolver of its own; subscriptions start streams and are no columns."""
    schema = build_schema(Settings())._schema
    left = [
        f"{type_.name}.{name}"
        for type_ in schema.type_map.values()
        if type_.name != "Subscription"
        for name, field in getattr(type_, "fields", {}).items()
        if (declared := field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)) is not None
        and getattr(declared, "base_resolver", None) is not None
        and BATCH not in declared.metadata
    ]
    assert left == []


async def test_published_leaves_failures_and_lengths_alone() -> None:
    """What is made is made of answers only, at once where they are known; a missing answer is loud."""
    failure = LookupError("gone")
    assert published(["a", "b"], [failure, 1], joined) == [failure, "b1"]
    assert published(["a", "b"], [1, 2], joined) == ["a1", "b2"]

    async def answers() -> list[Any]:
        return [1, failure]

    column = published(["a", "b"], answers(), joined)
    assert await settled(column) == ["a1", failure]
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        published(["a", "b"], [failure], joined)
