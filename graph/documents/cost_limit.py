"""The limit on an operation's static cost."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLSchema, OperationDefinitionNode

from graph.documents.cost import MOST, cost_of
from graph.documents.cost_table import CostTable
from graph.documents.operation import CheckedDocument
from graph.documents.refusal import refuse
from ops.errors import OperationNotFound, TooCostly
from ops.settings import Limits

_LONGEST_KEY = 40


def check_cost(
    schema: GraphQLSchema,
    document: CheckedDocument,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    table: CostTable,
    limits: Limits,
) -> int:
    """Return the cost. Raises Refusal (TOO_COSTLY) naming cost, limit and the path where most of it lies."""
    root = schema.get_root_type(operation.operation)
    if root is None:  # validation refuses an operation whose root type is missing
        raise refuse(OperationNotFound(f"The schema has no {operation.operation.value}"), operation)
    cost = cost_of(operation.selection_set, root.name, document.fragments, variables, table, limits)
    if cost.value <= limits.cost:
        return cost.value
    if not cost.countable:
        message = f"The operation merges its fields in too many ways to be costed; at most {limits.cost:,} is allowed"
        raise refuse(TooCostly(message, limit=limits.cost), operation)
    total = f"{cost.value:,}" if cost.value < MOST else f"at least {MOST:,}"
    message = (
        f"The operation costs {total}; at most {limits.cost:,} is allowed. "
        f"Most of it, {cost.worst_cost:,}, lies at {_path(cost.worst)}"
    )
    raise refuse(TooCostly(message, cost=cost.value, limit=limits.cost), operation)


def _path(keys: tuple[str, ...]) -> str:
    short = (key if len(key) <= _LONGEST_KEY else key[: _LONGEST_KEY - 1] + "…" for key in keys)
    return "'" + ".".join(short) + "'"
