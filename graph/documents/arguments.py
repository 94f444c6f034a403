"""What a selection's arguments say before it runs: how long a list is asked for, and whether it is included at all."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    GraphQLArgument,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    SelectionNode,
    Undefined,
    VariableNode,
    get_nullable_type,
    is_list_type,
)


def list_length(node: FieldNode, name: str, argument: GraphQLArgument, variables: Mapping[str, Any]) -> int | None:
    """Return the length that an argument asks for: its number, or a list's items; None where it is absent or null."""
    for given in node.arguments or ():
        if given.name.value == name:
            literal = given.value
            break
    else:
        return _length(argument.default_value)
    if isinstance(literal, VariableNode):
        return _length(variables.get(literal.name.value, argument.default_value))
    if isinstance(literal, NullValueNode):
        return None
    if is_list_type(get_nullable_type(argument.type)):
        return len(literal.values) if isinstance(literal, ListValueNode) else 1
    return int(literal.value) if isinstance(literal, IntValueNode) else None


def is_included(node: SelectionNode, variables: Mapping[str, Any]) -> bool:
    """Whether `@skip` and `@include` leave a selection in."""
    for directive in node.directives or ():
        name = directive.name.value
        if name in ("skip", "include") and directive.arguments:
            literal = directive.arguments[0].value
            if isinstance(literal, VariableNode):
                value = variables.get(literal.name.value)
            else:
                value = isinstance(literal, BooleanValueNode) and literal.value
            if value is (name == "skip"):
                return False
    return True


def trait(value: object) -> object:
    """Return all that the functions above can tell of a variable's value: what has the same trait costs the same."""
    return value if isinstance(value, bool) else ("length", _length(value))


def _length(value: object) -> int | None:
    if value is None or value is Undefined:
        return None
    if isinstance(value, list | tuple):
        return len(value)
    return value if isinstance(value, int) else None
