"""One operation under both executors: graphql-core as Strawberry uses it, and a compiled plan."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeVar, cast

from graphql import (
    DirectiveNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLSchema,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    default_field_resolver,
    default_type_resolver,
    get_variable_values,
    parse,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.type.directives import GraphQLDisableErrorPropagationDirective
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph.compiled import Plan, Plans
from tests.graph.compiled.hearing import Heard
from tests.graph.compiled.oracle.comparison import Answer, difference

T = TypeVar("T")


async def plain_wait(awaitable: Awaitable[T]) -> T:
    """Await with no deadline."""
    return await awaitable


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation ready to run: nothing of it is parsed or coerced again."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variable_values: VariableValues

    @classmethod
    def of(cls, schema: GraphQLSchema, text: str, variables: dict[str, Any]) -> "Prepared":
        """Parse a document of one operation. Raises ValueError for variables that do not fit."""
        document = parse(text)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        values = get_variable_values(schema, operations[0].variable_definitions or (), variables)
        if isinstance(values, list):
            raise ValueError(f"{values} in {text} with {variables}")  # noqa: TRY004 - the variables' values are wrong
        return cls(schema, operations[0], {node.name.value: node for node in fragments}, values)

    def plan(self, plans: Plans, digest: str) -> Plan | None:
        """Compile at first use. None where the engine leaves the operation to graphql-core."""
        return plans.compile_now(digest, self.operation, self.fragments, self.variable_values.coerced)

    async def reference(self, root: Any, context: Any) -> Answer:
        """Answer as graphql-core does."""
        return await self._run(self.operation, root, context)

    async def every_error(self, root: Any, context: Any) -> Answer:
        """Answer as graphql-core does where no error propagates, so that each of them is told."""
        name = NameNode(value=GraphQLDisableErrorPropagationDirective.name)
        given = self.operation
        operation = OperationDefinitionNode(
            operation=given.operation,
            name=given.name,
            variable_definitions=given.variable_definitions,
            directives=(*(given.directives or ()), DirectiveNode(name=name, arguments=())),
            selection_set=given.selection_set,
            loc=given.loc,
        )
        return await self._run(operation, root, context)

    async def compiled(self, plan: Plan, root: Any, context: Any) -> Answer:
        """Answer as the plan does."""
        heard = Heard(plan)
        result = plan.run(root, context, self.variable_values, plain_wait, heard)
        awaited = isawaitable(result)
        found = await result if isawaitable(result) else result
        assert found.errors or not heard.unended, "what has come has ended"
        return Answer(found.data, found.errors, awaited=awaited)

    async def differs(
        self, plan: Plan, make: Callable[[], tuple[Any, Any]], *, alone: bool = True
    ) -> tuple[str | None, Answer]:
        """Run both, each on a root and context of its own. Return the difference and the reference's answer.

        `alone` says that nothing else runs on the loop, so that a task left behind is seen.
        """
        ours: Answer | Exception
        if alone:
            await _alone()
        try:
            ours = await self.compiled(plan, *make())
        except Exception as error:  # noqa: BLE001 - an executor answers; what it raises is a difference
            ours = error
        left = len(asyncio.all_tasks()) - 1
        reference = await self.reference(*make())
        if isinstance(ours, Exception):
            return f"raised {ours!r}, expected {reference.told()} and {reference.data!r}", reference
        if alone and left:
            return f"left {left} tasks behind", reference
        awaited = reference.awaited or ours.awaited
        every = await self.every_error(*make()) if awaited and reference.errors else reference
        return difference(reference, ours, every), reference

    async def _run(self, operation: OperationDefinitionNode, root: Any, context: Any) -> Answer:
        fragments = {name: FragmentDetails(node, None) for name, node in self.fragments.items()}
        executor = StrawberryGraphQLCoreExecutionContext(
            self.schema,
            dict(self.fragments),
            fragments,
            root,
            context,
            operation,
            self.variable_values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
        )
        result = executor.execute_operation(operation.operation is OperationType.MUTATION)
        if isawaitable(result):
            finished = cast("ExecutionResult", await result)
            return Answer(finished.data, finished.errors or [], awaited=True)
        finished = cast("ExecutionResult", result)
        return Answer(finished.data, finished.errors or [], awaited=False)


async def _alone() -> None:
    """Wait until what graphql-core leaves to end by itself has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
