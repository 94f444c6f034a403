"""Running one operation by a plan and by graphql-core, for the tests of the compiled executor."""

from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any, TypeVar

import msgspec
import strawberry
from graphql import FragmentDefinitionNode, OperationDefinitionNode, get_variable_values, parse

from graph.compiled import Plan, Plans, Result
from graph.compiled.run import Wait

T = TypeVar("T")
Parts = tuple[OperationDefinitionNode, dict[str, FragmentDefinitionNode]]


async def plain_wait(awaitable: Awaitable[T]) -> T:
    """Await with no deadline."""
    return await awaitable


def parts(text: str) -> Parts:
    """Parse a document of one operation into it and its fragments."""
    definitions = parse(text).definitions
    operation = next(node for node in definitions if isinstance(node, OperationDefinitionNode))
    return operation, {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}


def plan_of(schema: strawberry.Schema, text: str, **variables: Any) -> Plan:
    """Compile at first use."""
    plans = Plans(schema._schema, most=1)
    plan = plans.compile_now(text, *parts(text), variables)
    assert plan is not None, plans.fallbacks
    return plan


async def answer(
    schema: strawberry.Schema,
    text: str,
    *,
    wait: Wait = plain_wait,
    context: Any = None,
    root: Any = None,
    **variables: Any,
) -> Result:
    """Answer by a plan."""
    operation, _ = parts(text)
    values = get_variable_values(schema._schema, operation.variable_definitions or (), variables)
    assert not isinstance(values, list), values
    result = plan_of(schema, text, **values.coerced).run(root, context, values, wait)
    return await result if isawaitable(result) else result


async def agreed(schema: strawberry.Schema, text: str, **variables: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """Answer by both executors, which must agree; return data, and the errors' messages and paths."""
    mine = await answer(schema, text, **variables)
    reference = await schema.execute(text, variable_values=variables)
    data = msgspec.json.decode(msgspec.json.encode(mine.data))
    assert data == msgspec.json.decode(msgspec.json.encode(reference.data))
    errors = [(error.message, error.path) for error in mine.errors]
    assert errors == [(error.message, error.path) for error in reference.errors or ()]
    assert [error.locations for error in mine.errors] == [error.locations for error in reference.errors or ()]
    return data, errors
