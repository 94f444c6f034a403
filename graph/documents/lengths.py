"""No argument is longer than its bound: literals are checked with the document, variables before coercion."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInputType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    visit,
)
from graphql.utilities import type_from_ast

from graph.documents.refusal import Refusal, refuse
from ops.errors import BadArgument
from ops.settings import Limits

_LONGEST_NUMBER = 400


def check_literals(document: DocumentNode, limits: Limits) -> None:
    """Raise Refusal (BAD_ARGUMENT) at the first literal that is too long.

    That is a list or an input object of more than `limits.list_items`, each wrong member of which would print the
    whole, or a number of more than 400 characters: the largest double has 309, and Python refuses to read thousands of
    digits with words that are not meant for clients.
    """
    finder = _LongLiteral(limits.list_items)
    visit(document, finder)
    if finder.refusal:
        raise finder.refusal


def check_variables(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    limits: Limits,
) -> None:
    """Raise Refusal (BAD_ARGUMENT) for a raw variable with a list or input object of more than `limits.list_items`.

    Only what the variables' types lead to is looked at; the rest of the JSON is not the operation's business.
    """
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        type_ = type_from_ast(schema, definition.type)
        if name not in variables or type_ is None:
            continue
        for path, length, what in _lengths(variables[name], cast("GraphQLInputType", type_)):
            if length > limits.list_items:
                use = _Use(name)
                visit(document, use)
                where = f"Variable '${'.'.join((name, *path))}'{use.told}"
                raise _too_many(use.argument, where, f"{length:,} {what}", limits.list_items, definition)


def _lengths(value: object, type_: GraphQLInputType) -> Iterator[tuple[tuple[str, ...], int, str]]:
    """Yield where a list or an input object lies, how many it holds, and of what."""
    pending: list[tuple[object, GraphQLInputType, tuple[str, ...]]] = [(value, type_, ())]
    while pending:
        value, declared, path = pending.pop()
        wanted = get_nullable_type(declared)
        if isinstance(value, list):
            yield path, len(value), "items"
            item = cast("GraphQLInputType", wanted.of_type if is_list_type(wanted) else wanted)
            if is_list_type(get_nullable_type(item)) or is_input_object_type(get_nullable_type(item)):
                pending.extend((element, item, path) for element in value)
        elif isinstance(value, dict) and is_input_object_type(wanted):
            yield path, len(value), "members"
            pending.extend(
                (value[name], field.type, (*path, name)) for name, field in wanted.fields.items() if name in value
            )


class _InArguments(Visitor):
    """Knows the argument of a field in which a value stands."""

    def __init__(self) -> None:
        super().__init__()
        self.place = "A list"
        self.argument: str | None = None

    def enter_argument(self, node: Any, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> None:
        of = next((above.name.value for above in reversed(ancestors) if isinstance(above, FieldNode)), "a directive")
        self.argument = node.name.value
        self.place = f"argument '{self.argument}' of '{of}'"

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: Any) -> None:
        self.place = f"the default of variable '${node.variable.name.value}'"


class _LongLiteral(_InArguments):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.refusal: Refusal | None = None

    def enter_list_value(self, node: ListValueNode, *_args: Any) -> Any:
        return self._check(len(node.values), "items", node)

    def enter_object_value(self, node: ObjectValueNode, *_args: Any) -> Any:
        return self._check(len(node.fields), "members", node)

    def enter_int_value(self, node: IntValueNode, *_args: Any) -> Any:
        if len(node.value) <= _LONGEST_NUMBER:
            return None
        message = f"{_capital(self.place)} has a number of {len(node.value):,} digits; no number is that long"
        self.refusal = refuse(BadArgument(message, argument=self.argument), node)
        return self.BREAK

    def _check(self, number: int, what: str, node: Node) -> Any:
        if number <= self.limit:
            return None
        self.refusal = _too_many(self.argument, _capital(self.place), f"{number:,} {what}", self.limit, node)
        return self.BREAK


class _Use(_InArguments):
    def __init__(self, variable: str) -> None:
        super().__init__()
        self.variable = variable
        self.told = ""

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, *_args: Any) -> Any:
        if node.name.value != self.variable or isinstance(parent, VariableDefinitionNode):
            return None
        self.told = f", used by {self.place},"
        return self.BREAK


def _too_many(argument: str | None, where: str, found: str, limit: int, node: Node) -> Refusal:
    message = f"{where} has {found}; at most {limit:,} are allowed"
    return refuse(BadArgument(message, argument=argument), node)


def _capital(place: str) -> str:
    return place[:1].upper() + place[1:]
