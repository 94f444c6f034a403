"""An operation for every field of a schema, by which it can be seen whether each of them compiles."""

from collections import deque
from collections.abc import Iterator

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)


def operations_for_all_fields(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Yield the coordinate of each reachable field, `Type.field`, and the shortest operation that asks for it.

    Arguments are left out: a plan does not depend on them. The operations are therefore not valid to run.
    """
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        if root is not None:
            yield from _walk(schema, root, kind)
    if schema.subscription_type is not None:
        yield from _walk(schema, schema.subscription_type, "subscription")


def _walk(schema: GraphQLSchema, root: GraphQLObjectType, kind: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = {root.name}
    waiting: deque[tuple[GraphQLObjectType | GraphQLInterfaceType, list[str]]] = deque([(root, [])])
    while waiting:
        parent, path = waiting.popleft()
        for name, field in parent.fields.items():
            inner = get_named_type(field.type)
            here = [*path, name]
            yield f"{parent.name}.{name}", f"{kind} {_nested(here if is_leaf_type(inner) else [*here, '__typename'])}"
            for found, step in _objects(schema, inner):
                if found.name not in seen:
                    seen.add(found.name)
                    waiting.append((found, [*here, *step]))


def _objects(schema: GraphQLSchema, kind: GraphQLNamedType) -> list[tuple[GraphQLObjectType, list[str]]]:
    if isinstance(kind, GraphQLObjectType):
        return [(kind, [])]
    if is_abstract_type(kind):
        return [(one, [f"... on {one.name}"]) for one in schema.get_possible_types(kind)]
    return []


def _nested(steps: list[str]) -> str:
    return "{ " + " { ".join(steps) + " }" * len(steps)
