"""A field's arguments: coerced once per path, or once per plan where the document says all."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import FieldNode, GraphQLField, ObjectValueNode, VariableNode, get_argument_values, is_non_null_type
from graphql.execution.values import VariableValues
from graphql.language import Node
from graphql.pyutils import Undefined
from strawberry.relay.types import GlobalID
from strawberry.types.arguments import StrawberryArgument, _is_leaf_type, convert_argument, convert_arguments
from strawberry.types.base import StrawberryOptional
from strawberry.types.enum import has_enum_definition
from strawberry.types.field import StrawberryField

from graph.compiled.info import RawInfo
from graph.compiled.inputs import InputTemplate, Templates

_FIXED = (str, int, float, bool, type(None), Enum, datetime, date, timedelta, Decimal, UUID)
"""Values that a resolver cannot change, so that all runs may share them."""

_NO_VARIABLES = VariableValues({}, {})


class Arguments:
    """The arguments of one field path. `schema` and `field` are Strawberry's, None for fields of another library."""

    __slots__ = (
        "_built",
        "_config",
        "_constant",
        "_copied",
        "_definition",
        "_direct",
        "_field",
        "_node",
        "_schema",
        "needs_info",
    )

    def __init__(
        self,
        definition: GraphQLField,
        node: FieldNode,
        schema: Any = None,
        field: StrawberryField | None = None,
        config: Any = None,
    ) -> None:
        self._definition = definition
        self._node = node
        self._schema = schema
        self._config = config if config is not None or schema is None else schema.config
        self._field = field
        self._constant: dict[str, Any] | None = None
        self._copied: list[str] = []
        self._direct: list[tuple[str, str, bool]] = []
        self._built: list[tuple[str, InputTemplate]] = []
        self.needs_info = field is not None and not all(self._is_leaf(argument.type) for argument in field.arguments)
        if not definition.args and not node.arguments:
            self._constant = {}
        elif field is not None:
            self._prepare(field)

    def info(self, raw: RawInfo) -> Any:
        """Return Strawberry's info over a raw one."""
        return self._schema.config.info_class(_raw_info=raw, _field=self._field)

    def coerce(self, variables: VariableValues) -> dict[str, Any]:
        """Return the arguments by their names in the schema, as graphql-core coerces them. Raises GraphQLError."""
        if not self._definition.args and not self._node.arguments:
            return {}
        return get_argument_values(self._definition, self._node, variables)

    def read(self, variables: VariableValues, info: Any) -> dict[str, Any]:
        """Return the arguments by their Python names, as Strawberry converts them. Not to be changed."""
        if self._constant is None:
            return self._convert(variables, info)
        if not self._direct and not self._copied and not self._built:
            return self._constant
        given = dict(self._constant)
        for python_name in self._copied:
            given[python_name] = _copied(given[python_name])
        for python_name, variable, required in self._direct:
            value = variables.coerced.get(variable, Undefined)
            if value is Undefined or (value is None and required):
                return self._convert(variables, info)
            given[python_name] = value
        for python_name, template in self._built:
            value = template.make(variables.coerced)
            if value is Undefined:
                return self._convert(variables, info)
            given[python_name] = value
        return given

    def _prepare(self, field: StrawberryField) -> None:
        """Coerce now what names no variables, and note which arguments are one variable each."""
        nodes = {node.name.value: node.value for node in self._node.arguments or ()}
        by_variable = {name: value.name.value for name, value in nodes.items() if isinstance(value, VariableNode)}
        mixed = {name for name, value in nodes.items() if name not in by_variable and _names_variables(value)}
        try:
            values = self._literals(field, {*by_variable, *mixed})
            templates = {name: self._template(field, name, nodes[name]) for name in mixed}
        except Exception:  # noqa: BLE001 - what is wrong is said when the plan runs, at its path
            return
        names = {self._name(argument): argument.python_name for argument in field.arguments}
        built = [(names[name], template) for name, template in templates.items() if template is not None]
        if len(built) < len(mixed):
            return
        direct = []
        leaves = {argument.python_name for argument in field.arguments if self._is_leaf(argument.type)}
        for name, variable in by_variable.items():
            definition = self._definition.args[name]
            if names[name] not in leaves:
                return
            if definition.out_name not in {None, name}:
                return
            direct.append((names[name], variable, is_non_null_type(definition.type)))
        shared = [name for name, value in values.items() if not isinstance(value, _FIXED)]
        if all(_is_flat_input(values[name]) for name in shared):
            self._constant, self._copied, self._direct, self._built = values, shared, direct, built

    def _literals(self, field: StrawberryField, without: set[str]) -> dict[str, Any]:
        """Convert the arguments that are not one variable each, defaults included."""
        arguments = {name: one for name, one in self._definition.args.items() if name not in without}
        node = FieldNode(
            name=self._node.name,
            arguments=tuple(one for one in self._node.arguments or () if one.name.value not in without),
        )
        given = get_argument_values(GraphQLField(self._definition.type, arguments), node, _NO_VARIABLES)
        left = [argument for argument in field.arguments if self._name(argument) in arguments]
        return self._converted(given, left, None)

    def _template(self, field: StrawberryField, name: str, node: Node) -> InputTemplate | None:
        definition = self._definition.args[name]
        kinds = [argument.type for argument in field.arguments if self._name(argument) == name]
        if not isinstance(node, ObjectValueNode) or definition.out_name not in {None, name} or not kinds:
            return None
        registry = self._schema.schema_converter.scalar_registry
        templates = Templates(
            self._config.name_converter.from_field,
            self._is_leaf,
            lambda value, kind: convert_argument(value, kind, registry, self._config),
            lambda value: isinstance(value, _FIXED),
        )
        return templates.make(node, definition.type, kinds[0])

    def _convert(self, variables: VariableValues, info: Any) -> dict[str, Any]:
        arguments = self._field.arguments if self._field is not None else []
        return self._converted(self.coerce(variables), arguments, info)

    def _converted(self, given: dict[str, Any], arguments: list[StrawberryArgument], info: Any) -> dict[str, Any]:
        schema = self._schema
        return convert_arguments(
            given,
            arguments,
            scalar_registry=schema.schema_converter.scalar_registry,
            config=self._config,
            info=info,
        )

    def _name(self, argument: StrawberryArgument) -> str:
        return str(self._config.name_converter.from_argument(argument))

    def _is_leaf(self, kind: Any) -> bool:
        if type(kind) is StrawberryOptional:
            kind = kind.of_type
        if has_enum_definition(kind):
            return True
        return kind is not GlobalID and _is_leaf_type(kind, self._schema.schema_converter.scalar_registry)


def _names_variables(node: Node) -> bool:
    if isinstance(node, VariableNode):
        return True
    for key in node.keys:
        value = getattr(node, key, None)
        inner = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(one, Node) and _names_variables(one) for one in inner):
            return True
    return False


def _is_flat_input(value: Any) -> bool:
    """Tell whether a shallow copy of an input object shares nothing with it that can be changed."""
    definition = getattr(type(value), "__strawberry_definition__", None)
    if definition is None or getattr(definition, "from_input", None) is not None or not hasattr(value, "__dict__"):
        return False
    return all(isinstance(member, _FIXED) for member in vars(value).values())


def _copied(value: Any) -> Any:
    """Copy a flat input object; `copy.copy` would ask pickle's protocol how, for four times as long."""
    twin = object.__new__(type(value))
    vars(twin).update(vars(value))
    return twin
