"""What an operation costs before its variables are known: with every size at 1, and as it is when none is given."""

from typing import Any

from graphql import GraphQLSchema, OperationDefinitionNode, get_named_type, get_nullable_type, is_list_type
from graphql.execution.values import get_variable_values
from graphql.utilities import type_from_ast

from graph.documents.cost import cost_of
from graph.documents.cost_table import CostTable
from graph.documents.operation import CheckedDocument
from ops.settings import Limits


def cost_range(
    schema: GraphQLSchema,
    document: CheckedDocument,
    operation: OperationDefinitionNode,
    table: CostTable,
    limits: Limits,
) -> tuple[int, int]:
    """Return both costs; a size that a variable gives and that has no default counts as a full page in the second."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        raise ValueError(f"the schema has no {operation.operation.value}")
    least = _variables(schema, operation, 1)
    usual = _variables(schema, operation, limits.page) | _defaults(schema, operation)
    low, high = (
        cost_of(operation.selection_set, root.name, document.fragments, variables, table, limits).value
        for variables in (least, usual)
    )
    return min(low, high), high


def _variables(schema: GraphQLSchema, operation: OperationDefinitionNode, size: int) -> dict[str, Any]:
    """Give each variable that can be a size that size: a number, or a list of so many."""
    found: dict[str, Any] = {}
    for definition in operation.variable_definitions or ():
        declared: Any = type_from_ast(schema, definition.type)
        if declared is None:
            continue
        if is_list_type(get_nullable_type(declared)):
            found[definition.variable.name.value] = [None] * size
        elif get_named_type(declared).name == "Int":
            found[definition.variable.name.value] = size
    return found


def _defaults(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, Any]:
    optional = [one for one in operation.variable_definitions or () if one.default_value is not None]
    values = get_variable_values(schema, optional, {})
    return {} if isinstance(values, list) else values.coerced
