"""Fields with arguments, in each style: they answer with what they were given, so coercion is compared too."""

import asyncio
from collections.abc import Callable
from typing import Any

import strawberry

from tests.graph.compiled.oracle.fields import BATCH
from tests.graph.compiled.oracle.values import Colour


@strawberry.input
class Inner:
    """An input object within another."""

    number: int = 7
    colours: list[Colour] | None = strawberry.field(default_factory=lambda: [Colour.GREEN])


@strawberry.input
class Filter:
    """An input object with required members, defaults, and a name that Python spells otherwise."""

    text: str
    max_size: int | None = 3
    inner: Inner | None = None
    many: list[Inner] | None = strawberry.UNSET


@strawberry.input(one_of=True)
class Either:
    """Exactly one of two."""

    word: str | None = strawberry.UNSET
    count: int | None = strawberry.UNSET


def _told(parent: Any, info: Any, given: dict[str, Any]) -> str:
    variables = ",".join(sorted(info.variable_values))
    return f"{info.field_name} {info.python_name} of {getattr(parent, 'key', '?')} [{variables}] {given!r}"


def _simple(**given: Any) -> dict[str, Any]:
    return given


def _echo(style: str) -> Any:
    async def later(
        self: Any,
        info: strawberry.Info,
        number: int | None = None,
        texts: list[str] | None = None,
        colour: Colour = Colour.RED,
        filter: Filter | None = None,  # noqa: A002 - a common name for it
        ratio: float = 0.5,
        either: Either | None = None,
        ids: list[list[strawberry.ID]] | None = strawberry.UNSET,
        class_: bool | None = None,  # noqa: FBT001 - an argument of the schema
    ) -> str:
        await asyncio.sleep(0)
        return now(self, info, number, texts, colour, filter, ratio, either, ids, class_)

    def now(
        self: Any,
        info: strawberry.Info,
        number: int | None = None,
        texts: list[str] | None = None,
        colour: Colour = Colour.RED,
        filter: Filter | None = None,  # noqa: A002 - a common name for it
        ratio: float = 0.5,
        either: Either | None = None,
        ids: list[list[strawberry.ID]] | None = strawberry.UNSET,
        class_: bool | None = None,  # noqa: FBT001 - an argument of the schema
    ) -> str:
        given = _simple(n=number, t=texts, c=colour, f=filter, r=ratio, e=either, i=ids, k=class_)
        return _told(self, info, given)

    def column(parents: list[Any], info: Any, **given: Any) -> list[Any]:
        return [now(parent, info, **given) for parent in parents]

    async def column_later(parents: list[Any], info: Any, **given: Any) -> list[Any]:
        await asyncio.sleep(0)
        return column(parents, info, **given)

    plain: Callable[..., Any] = later if style in "cd" else now
    columns = {"b": column, "d": column_later}
    return strawberry.field(resolver=plain, metadata={BATCH: columns[style]} if style in columns else {})


def _demand(style: str) -> Any:
    def now(self: Any, info: strawberry.Info, must: int, size: int = 2, colours: list[Colour] = (Colour.BLUE,)) -> str:  # type: ignore[assignment]
        return _told(self, info, {"must": must, "size": size, "colours": list(colours)})

    def column(parents: list[Any], info: Any, **given: Any) -> list[Any]:
        if given["must"] == 13:
            raise ValueError("a whole column failed")
        return [now(parent, info, **given) for parent in parents]

    def now_or_fail(
        self: Any,
        info: strawberry.Info,
        must: int,
        size: int = 2,
        colours: list[Colour] = (Colour.BLUE,),  # type: ignore[assignment]
    ) -> str:
        if must == 13:
            raise ValueError("a whole column failed")
        return now(self, info, must, size, colours)

    return strawberry.field(resolver=now_or_fail, metadata={BATCH: column} if style == "b" else {})


def _place(self: Any, info: strawberry.Info) -> str:
    """Tell where the field stands, list indexes included."""
    return "/".join(str(part) for part in info.path.as_list())


ECHOES: dict[str, Any] = {
    **{f"echo_{style}": _echo(style) for style in "scbd"},
    **{f"demand_{style}": _demand(style) for style in "sb"},
}
PLACE: dict[str, Any] = {"place": strawberry.field(resolver=_place)}
"""Where lists are above it, a path has no index in a plan: the field resolves for all of them at once."""


@strawberry.type
class Mutation:
    """Root fields that leave a trace: each tells how many came before it."""

    @strawberry.field
    async def slow(self, info: strawberry.Info, turns: int = 2) -> int:
        """Wait first, then count."""
        for _ in range(min(turns, 10)):  # a generated Int may be any
            await asyncio.sleep(0)
        return int(info.context.count())

    @strawberry.field
    def quick(self, info: strawberry.Info) -> int:
        """Count at once."""
        return int(info.context.count())

    @strawberry.field
    def fails(self, info: strawberry.Info) -> int | None:
        """Count, then fail."""
        raise ValueError(f"failed as number {info.context.count()}")
