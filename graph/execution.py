"""One admitted operation, run by graphql-core over Strawberry's schema.

Strawberry's own `execute` would parse and validate again and wrap every field for extensions that we do not use.
What is leaned on of its inside is the executor whose resolve info its resolvers expect; of graphql-core's, that every
awaited field passes through `with_abort_signal`.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from inspect import isawaitable
from typing import Any, Protocol, TypeVar, cast

import structlog
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FragmentDetails
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph.compiled import Plan, Plans, Result
from graph.documents.operation import AdmittedOperation
from graph.expiry import Expiry
from graph.masking import Masking
from graph.outcome import Outcome, executed
from ops.errors import DeadlineExceeded

T = TypeVar("T")
log = structlog.get_logger()
GRACE = 1.0
"""Seconds that resolvers have to answer their cancellation, after which the operation is given up as a whole."""


class OperationContext(Protocol):
    """What execution needs of the context value that resolvers see."""

    async def aclose(self) -> None:
        """Stop whatever the operation left running."""
        ...


class FieldExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, each awaited field under the operation's expiry; an operation with a plan runs by it."""

    def __init__(self, *args: Any, expiry: Expiry, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expiry = expiry
        self.plan = plan

    def execute_operation(self, serially: bool | None = None) -> Any:  # noqa: FBT001 - graphql-core's signature
        """Run the plan if there is one; graphql-core's own way otherwise."""
        if self.plan is None:
            return super().execute_operation(serially)
        return self.plan.run(self.root_value, self.context_value, self.variable_values, self.expiry.wait)

    async def with_abort_signal(self, awaitable: Awaitable[T]) -> T:
        """Await one field or list item."""
        return await self.expiry.wait(awaitable)


async def run_operation(
    schema: GraphQLSchema,
    admitted: AdmittedOperation,
    context: OperationContext,
    masking: Masking,
    seconds: float,
    plans: Plans | None = None,
) -> Outcome:
    """Execute a query or mutation within `seconds`; fields that fail or run late are coded errors at their paths."""
    executor = build_executor(schema, admitted, context, Expiry(seconds), plans)
    return await run_executor(executor, masking, seconds)


async def run_executor(executor: FieldExecutor, masking: Masking, seconds: float) -> Outcome:
    """Execute what was built, within the seconds of its expiry."""
    try:
        result = await _within(seconds + GRACE, _execute(executor))
    except TimeoutError:
        name = executor.operation.name
        log.warning("operation_abandoned", operation=name.value if name else None)
        late = DeadlineExceeded(f"The operation took more than {seconds:g} seconds")
        return executed(None, masking.present([GraphQLError(late.message, original_error=late)]))
    except Exception as error:  # noqa: BLE001 - whatever graphql-core lets through is masked and logged there
        return executed(None, (masking.unexpected(error),))
    return executed(result.data, masking.present(result.errors or ()))


async def _execute(executor: FieldExecutor) -> ExecutionResult | Result:
    with executor.expiry:
        serially = executor.operation.operation is OperationType.MUTATION
        result = executor.execute_operation(serially)
        return cast("ExecutionResult | Result", await result if isawaitable(result) else result)


async def _within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Await work for so long and no longer, whatever it does about being cancelled. Raises TimeoutError."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_look_at)
    try:
        await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE)
        raise
    if task.done():
        return task.result()
    task.cancel()
    raise TimeoutError


def _look_at(task: asyncio.Future[Any]) -> None:
    """Take the exception of a task that nobody awaits any more, lest asyncio complains of it."""
    if not task.cancelled():
        task.exception()


def build_executor(
    schema: GraphQLSchema,
    admitted: AdmittedOperation,
    context: OperationContext,
    expiry: Expiry,
    plans: Plans | None = None,
) -> FieldExecutor:
    """Return an executor that has not started; nothing is parsed, validated or coerced a second time."""
    plan = None
    if plans is not None:
        plan = plans.find(admitted.digest, admitted.operation, admitted.fragments, admitted.variables)
    fragments = {name: FragmentDetails(node, None) for name, node in admitted.fragments.items()}
    return FieldExecutor(
        schema,
        dict(admitted.fragments),
        fragments,
        None,
        context,
        admitted.operation,
        admitted.variable_values,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        is_awaitable=optimized_is_awaitable,
        expiry=expiry,
        plan=plan,
    )
