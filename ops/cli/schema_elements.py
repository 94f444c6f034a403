"""A schema's elements by their coordinates, as `Stock.prices(first:)`, and the directives applied to each.

Coordinates follow https://spec.graphql.org/draft/#sec-Schema-Coordinates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    print_ast,
)

_Definition = GraphQLNamedType | GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue
_OWN_RULES = frozenset({"deprecated", "oneOf", "specifiedBy"})


@dataclass(frozen=True, slots=True)
class Element:
    """What a client or a tool can tell of one element beyond its type and description."""

    required: bool
    deprecation: str | None
    directives: Mapping[str, str]


def elements(schema: GraphQLSchema) -> dict[str, Element]:
    """Every type, field, argument, input field and enum value of an SDL-built schema, by coordinate."""
    named = (type_ for type_ in schema.type_map.values() if not is_introspection_type(type_))
    return {coordinate: _element(found) for type_ in named for coordinate, found in _within(type_)}


def _within(type_: GraphQLNamedType) -> Iterator[tuple[str, _Definition]]:
    yield type_.name, type_
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field
            for argument_name, argument in field.args.items():
                yield f"{type_.name}.{name}({argument_name}:)", argument
    elif isinstance(type_, GraphQLInputObjectType):
        for name, input_field in type_.fields.items():
            yield f"{type_.name}.{name}", input_field
    elif isinstance(type_, GraphQLEnumType):
        for name, value in type_.values.items():
            yield f"{type_.name}.{name}", value


def _element(found: _Definition) -> Element:
    applied: dict[str, list[str]] = {}
    for node in (found.ast_node.directives or ()) if found.ast_node else ():
        if node.name.value not in _OWN_RULES:
            applied.setdefault(node.name.value, []).append(print_ast(node))
    return Element(
        required=(isinstance(found, GraphQLArgument) and is_required_argument(found))
        or (isinstance(found, GraphQLInputField) and is_required_input_field(found)),
        deprecation=None if isinstance(found, GraphQLNamedType) else found.deprecation_reason,
        directives={name: " ".join(texts) for name, texts in applied.items()},
    )
