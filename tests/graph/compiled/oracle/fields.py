"""The fields of the misbehaving schema as a table: each shape as an attribute, and by each style of resolver."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import partial
from inspect import isawaitable
from typing import Any, Optional
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from resolvers.scalars import BigInt
from tests.graph.compiled.oracle.values import SOUND, Colour
from tests.graph.compiled.oracle.world import Shape, World

BATCH = "batch"
strawberry.enum(Colour)

LEAVES: dict[str, Any] = {
    "Int": int,
    "Float": float,
    "String": str,
    "Boolean": bool,
    "ID": strawberry.ID,
    "DateTime": datetime,
    "Date": date,
    "Time": time,
    "Decimal": Decimal,
    "UUID": UUID,
    "Colour": Colour,
    "BigInt": BigInt,
    "JSON": JSON,
}
LEAF_SHAPES = {"maybe": "{}", "sure": "{}!", "list": "[{}]", "sure_list": "[{}!]!", "grid": "[[{}!]]!"}
OBJECT_SHAPES = {**LEAF_SHAPES, "strict": "[{}!]", "grid": "[[{}]!]"}


class Style(StrEnum):
    """How a field comes by its value."""

    ATTRIBUTE = "a"
    SYNC = "s"
    ASYNC = "c"
    BATCH = "b"
    ASYNC_BATCH = "d"


def annotation(shape: Shape, types: dict[str, Any]) -> Any:
    """Return the Python annotation of a shape."""
    bare = types[shape.name] if shape.name is not None else list[annotation(shape.item, types)]  # type: ignore[misc, arg-type]
    return Optional[bare] if shape.null else bare  # noqa: UP045 - of a value


def leaf_fields() -> Iterator[tuple[str, Style, str]]:
    """Yield (name, style, shape) of every leaf field: all shapes as attributes, some by each style of resolver."""
    for number, leaf in enumerate(SOUND):
        for place, (wrapping, pattern) in enumerate(LEAF_SHAPES.items()):
            for order, style in enumerate(Style):
                if style is Style.ATTRIBUTE or (number + place + order) % len(LEAF_SHAPES) < 2:
                    yield f"{style}_{leaf.lower()}_{wrapping}", style, pattern.format(leaf)


def object_fields(names: tuple[str, ...]) -> Iterator[tuple[str, Style, str]]:
    """Yield (name, style, shape) of every field that leads to one of these types."""
    for number, name in enumerate(names):
        for place, (wrapping, pattern) in enumerate(OBJECT_SHAPES.items()):
            for order, style in enumerate(Style):
                if (number + place + order) % 2 == 0:
                    yield f"{style}_{name.lower()}_{wrapping}", style, pattern.format(name)


def resolver(name: str, style: Style, shape: Shape, returns: Any) -> Any:
    """Return a Strawberry field of that style; the batch styles carry their column function beside the ordinary one."""

    def resolve(self: Any, info: strawberry.Info) -> Any:
        return answer(info.context, self.key, name, shape)

    async def resolve_later(self: Any, info: strawberry.Info) -> Any:
        return await later(info.context, self.key, name, shape)

    def column(parents: list[Any], info: Any) -> list[Any]:
        return [attempt(partial(_own, info.context, parent, name, shape)) for parent in parents]

    async def column_later(parents: list[Any], info: Any) -> list[Any]:
        answers = []
        for parent in parents:
            try:
                answers.append(await later(info.context, parent.key, name, shape))
            except Exception as error:  # noqa: BLE001 - an item's failure stands in its place
                answers.append(error)
        return answers

    plain = resolve_later if style in {Style.ASYNC, Style.ASYNC_BATCH} else resolve
    plain.__annotations__["return"] = returns
    columns: dict[Style, Callable[..., Any]] = {Style.BATCH: column, Style.ASYNC_BATCH: column_later}
    metadata = {BATCH: columns[style]} if style in columns else {}
    return strawberry.field(resolver=plain, metadata=metadata)


def _own(world: World, parent: Any, name: str, shape: Shape) -> Any:
    return answer(world, parent.key, name, shape)


def answer(world: World, key: int, name: str, shape: Shape) -> Any:
    """Return what the field's resolver returns, or raise."""
    return world.value(key, name, shape)


async def later(world: World, key: int, name: str, shape: Shape) -> Any:
    """Do as `answer` after zero to two turns of the loop."""
    from asyncio import sleep  # noqa: PLC0415 - only the asynchronous styles wait

    for _ in range(world.roll(key, name + "~") % 3):
        await sleep(0)
    found = world.value(key, name, shape)
    return await found if isawaitable(found) else found


def attempt(work: Callable[[], Any]) -> Any:
    """Return what work returns, or the exception that it raises."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - an item's failure stands in its place
        return error
