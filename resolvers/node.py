"""Global object identification: the Node interface and its ids."""

import strawberry

from ops.errors import BadId
from resolvers.arguments import key_of
from resolvers.info import Info
from resolvers.opaque import seal, unseal
from storage.paging import Position


@strawberry.interface(description="An object with an id by which `node` finds it again.")
class Node:
    """Types say who they are by `identity`."""

    @strawberry.field(description="Global id: opaque, stable, and good for `node`.")
    def id(self, info: Info) -> strawberry.ID:
        """Seal the type's name and its key."""
        return strawberry.ID(seal(key_of(info), type(self).__name__, self.identity()))

    def identity(self) -> Position:
        """Return the values that find the object among its type."""
        raise TypeError(f"{type(self).__name__} does not say how it is found")


def opened(info: Info, global_id: str) -> tuple[str, Position]:
    """Open a global id into type name and key; BAD_ID when this API did not make it."""
    found = unseal(key_of(info), global_id)
    if found is None:
        raise BadId("`id` is not a global id of this API; take it from an object's `id` field.", argument="id")
    return found
