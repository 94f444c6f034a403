"""Input objects that a document writes out with variables as members: the rest of them is worked out once per plan."""

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    ObjectFieldNode,
    ObjectValueNode,
    VariableNode,
    is_input_object_type,
    is_non_null_type,
)
from graphql.pyutils import Undefined
from graphql.utilities import coerce_input_literal
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField


class InputTemplate:
    """An input object short of the members that are variables. Every run gets an object of its own."""

    __slots__ = ("_kind", "_members", "_variables")

    def __init__(self, kind: type, members: dict[str, Any], variables: list[tuple[str, str, bool, bool]]) -> None:
        self._kind = kind
        self._members = members
        self._variables = variables

    def make(self, coerced: dict[str, Any]) -> Any:
        """Return the object; Undefined where a variable is absent or not plain, which is graphql-core's to judge."""
        members = dict(self._members)
        for member, variable, required, many in self._variables:
            value = coerced.get(variable, Undefined)
            if value is Undefined or (value is None and required):
                return Undefined
            if many and value is not None:
                if type(value) is not list:
                    return Undefined
                value = value.copy()  # as Strawberry does, for resolvers may change it
            members[member] = value
        return self._kind(**members)


class Templates:
    """Makes templates. `is_leaf`, `convert` and `is_shared` judge Strawberry's types and values; see Arguments."""

    def __init__(
        self,
        name_of: Callable[[StrawberryField], str],
        is_leaf: Callable[[Any], bool],
        convert: Callable[[Any, Any], Any],
        is_shared: Callable[[Any], bool],
    ) -> None:
        self._name_of = name_of
        self._is_leaf = is_leaf
        self._convert = convert
        self._is_shared = is_shared

    def make(self, node: ObjectValueNode, declared: Any, kind: Any) -> InputTemplate | None:
        """Return the template of a literal of a declared type and Strawberry's for it; None where it is not plain."""
        declared = declared.of_type if is_non_null_type(declared) else declared
        kind = kind.of_type if type(kind) is StrawberryOptional else kind
        definition = getattr(kind, "__strawberry_definition__", None)
        if (
            not is_input_object_type(declared)
            or declared.is_one_of
            or declared.out_type is not GraphQLInputObjectType.out_type
            or not isinstance(definition, StrawberryObjectDefinition)
            or not definition.is_input
            or definition.from_input is not None
        ):
            return None
        by_name = {self._name_of(field): field for field in definition.fields}
        given = {field.name.value: field.value for field in node.fields}
        variables = {name: value.name.value for name, value in given.items() if isinstance(value, VariableNode)}
        members = self._fixed_members(node, declared, definition, by_name, set(variables))
        shapes = {name: self._shape(by_name[name], definition) for name in variables if name in by_name}
        if members is None or len(shapes) < len(variables) or None in shapes.values():
            return None
        return InputTemplate(
            kind,
            members,
            [
                (by_name[name].python_name, variable, is_non_null_type(declared.fields[name].type), bool(shapes[name]))
                for name, variable in variables.items()
            ],
        )

    def _fixed_members(
        self,
        node: ObjectValueNode,
        declared: GraphQLInputObjectType,
        definition: StrawberryObjectDefinition,
        by_name: dict[str, StrawberryField],
        variables: set[str],
    ) -> dict[str, Any] | None:
        """Return the members that are the same in every run, by their Python names, as Strawberry would give them."""
        fields = {name: field for name, field in declared.fields.items() if name not in variables}
        rest: list[ObjectFieldNode] = [one for one in node.fields if one.name.value not in variables]
        coerced = coerce_input_literal(
            ObjectValueNode(fields=tuple(rest)), GraphQLInputObjectType(declared.name, fields)
        )
        if coerced is Undefined or not coerced.keys() <= by_name.keys():
            return None
        members: dict[str, Any] = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        for name, value in coerced.items():
            field = by_name[name]
            members[field.python_name] = self._convert(value, field.resolve_type(type_definition=definition))
        return members if all(map(self._is_shared, members.values())) else None

    def _shape(self, field: StrawberryField, definition: StrawberryObjectDefinition) -> bool | None:
        """Return whether a member holds a list of leaves rather than one; None where it holds neither."""
        kind: Any = field.resolve_type(type_definition=definition)
        kind = kind.of_type if type(kind) is StrawberryOptional else kind
        many = type(kind) is StrawberryList
        return many if self._is_leaf(kind.of_type if many else kind) else None
