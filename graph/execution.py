"""One admitted operation, run by graphql-core over Strawberry's schema.

Strawberry's own `execute` would parse and validate again and wrap every field for extensions that we do not use.
What is leaned on of its inside is the executor whose resolve info its resolvers expect; of graphql-core's, that every
awaited field passes through `with_abort_signal`.
"""

from collections.abc import Awaitable, Sequence
from inspect import iscoroutine
from time import perf_counter
from typing import Any, Protocol, TypeVar

import structlog
from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
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
from graph.field_timing import FieldTiming
from graph.masking import Masking
from graph.outcome import Outcome, executed
from ops.operation_record import FieldRecord, Phase

T = TypeVar("T")
log = structlog.get_logger()


class OperationContext(Protocol):
    """What execution needs of the context value that resolvers see, and where it leaves what it measured."""

    fields: Sequence[FieldRecord]

    @property
    def timed(self) -> bool:
        """Whether fields are to be timed, where a plan runs them."""
        ...

    async def aclose(self) -> None:
        """Stop whatever the operation left running."""
        ...

    def read_afresh(self) -> None:
        """Believe no memory of this process."""
        ...


class FieldExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, each awaited field under the operation's expiry; an operation with a plan runs by it."""

    def __init__(self, *args: Any, expiry: Expiry, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expiry = expiry
        self.plan = plan
        self.timing: FieldTiming | None = None

    def execute_operation(self, serially: bool | None = None) -> Any:  # noqa: FBT001 - graphql-core's signature
        """Run the plan if there is one; graphql-core's own way otherwise."""
        if self.plan is None:
            return super().execute_operation(serially)
        context: OperationContext = self.context_value
        self.timing = FieldTiming(self.plan.columns) if context.timed else None
        return self.plan.run(self.root_value, context, self.variable_values, self.expiry.wait, self.timing)

    def hand_over(self) -> None:
        """Leave what was measured with the context."""
        if self.timing is not None:
            self.context_value.fields = self.timing.finish()

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
    phases: list[Phase] | None = None,
    *,
    at_once: bool = False,
) -> Outcome:
    """Execute a query or mutation within `seconds`; fields that fail or run late are coded errors at their paths.

    With `at_once` it is compiled although it comes for the first time, so that its fields can be timed.
    """
    expiry = Expiry(seconds)
    plan = _plan(plans, admitted, phases, at_once=at_once)
    if plan is None:
        return await run_executor(build_executor(schema, admitted, context, expiry), masking)
    timing = FieldTiming(plan.columns) if context.timed else None
    try:
        result: Any = plan.run(None, context, admitted.variable_values, expiry.wait, timing)
        if not isinstance(result, Result):
            if plan.calm:
                with expiry:
                    result = await result
            else:
                result = await expiry.bound(result)
    except Exception as error:  # noqa: BLE001 - what is not the end of its time is masked and logged there
        return _failed(error, expiry, masking, admitted.operation)
    finally:
        if timing is not None:
            context.fields = timing.finish()
    return executed(result.data, masking.present(result.errors) if result.errors else ())


async def run_executor(executor: FieldExecutor, masking: Masking) -> Outcome:
    """Execute what was built, within the seconds of its expiry."""
    operation, expiry = executor.operation, executor.expiry
    try:
        result = executor.execute_operation(operation.operation is OperationType.MUTATION)
        if iscoroutine(result):
            if executor.plan is not None and executor.plan.calm:
                with expiry:
                    result = await result
            else:
                result = await expiry.bound(result)
    except Exception as error:  # noqa: BLE001 - as above
        return _failed(error, expiry, masking, operation)
    finally:
        executor.hand_over()
    return executed(result.data, masking.present(result.errors) if result.errors else ())


def _failed(error: Exception, expiry: Expiry, masking: Masking, operation: OperationDefinitionNode) -> Outcome:
    """Return what an operation came to that was given up as a whole, or that the executor let fail."""
    if not isinstance(error, TimeoutError):
        return executed(None, (masking.unexpected(error),))
    log.warning("operation_abandoned", operation=operation.name.value if operation.name else None)
    late = expiry.error()
    return executed(None, masking.present([GraphQLError(late.message, original_error=late)]))


def _plan(
    plans: Plans | None, admitted: AdmittedOperation, phases: list[Phase] | None = None, *, at_once: bool = False
) -> Plan | None:
    """Return the plan, if there is one; that one was made, and none remembered, is a phase."""
    if plans is None:
        return None
    begun, compiled = perf_counter(), plans.compiled
    find = plans.compile_now if at_once else plans.find
    found = find(admitted.digest, admitted.operation, admitted.fragments, admitted.variables)
    if phases is not None and plans.compiled != compiled:
        phases.append(Phase("plan", begun, perf_counter() - begun))
    return found


def build_executor(
    schema: GraphQLSchema,
    admitted: AdmittedOperation,
    context: OperationContext,
    expiry: Expiry,
    plans: Plans | None = None,
) -> FieldExecutor:
    """Return an executor that has not started; nothing is parsed, validated or coerced a second time."""
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
        plan=_plan(plans, admitted),
    )
