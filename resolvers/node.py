"""Global object identification: the Node interface and its ids."""

from collections.abc import Callable, Sequence
from typing import Any

import strawberry

from ops.errors import BadId
from resolvers.arguments import key_of
from resolvers.batched import batched
from resolvers.info import Info
from resolvers.opaque import seal_all, unseal
from storage.paging import Position

DESCRIPTION = "Global id: opaque, stable, and good for `node`."


@strawberry.interface(description="An object with an id by which `node` finds it again.")
class Node:
    """Types declare their own `id` by `global_ids`, and say by `is_type_of` which rows are theirs."""

    id: strawberry.ID = strawberry.field(description=DESCRIPTION)


def global_ids(kind: str, identity: Callable[[Any], Position]) -> Any:
    """Declare a type's `id`: its name and what finds a row among its kind, sealed."""

    def ids(rows: Sequence[Any], info: Info) -> list[Any]:
        return seal_all(key_of(info), kind, map(identity, rows))

    return batched(ids, description=DESCRIPTION)


def reading(row: type) -> Callable[[Any, Any], bool]:
    """Make a type's `is_type_of`: its values are rows of one kind, which an executor need not find out one by one."""

    def is_type_of(value: Any, _: Any) -> bool:
        return isinstance(value, row)

    is_type_of.decides_by_type = True  # type: ignore[attr-defined]  # the mark that the compiled executor looks for
    return is_type_of


def opened(info: Info, global_id: str) -> tuple[str, Position]:
    """Open a global id into type name and key; BAD_ID when this API did not make it."""
    found = unseal(key_of(info), global_id)
    if found is None:
        raise BadId("`id` is not a global id of this API; take it from an object's `id` field.", argument="id")
    return found
