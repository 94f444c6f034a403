"""Subscriptions: a source of events, and one execution with a fresh context for each event."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import create_source_event_stream

from graph.documents.operation import AdmittedOperation
from graph.execution import FieldExecutor, OperationContext, build_executor, run_executor
from graph.expiry import Expiry
from graph.masking import Masking
from graph.outcome import OK, Outcome, refusal


class SourceFailed(Exception):
    """The stream of events could not be opened, for these reasons."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


async def run_subscription(
    schema: GraphQLSchema,
    admitted: AdmittedOperation,
    open_context: Callable[[], OperationContext],
    masking: Masking,
    seconds: float,
) -> AsyncGenerator[Outcome, None]:
    """Yield an outcome for each event; opening the source and executing each event have `seconds` each.

    A source that cannot be opened, or that breaks, yields one refused outcome and ends. Close this generator
    (`aclosing`) to close the source.
    """
    context = open_context()
    try:
        executor = build_executor(schema, admitted, context, Expiry(seconds))
        async with _closing(await _open_source(executor)) as events:
            async for payload in events:
                yield await _run_event(executor, payload, open_context(), masking, seconds)
    except SourceFailed as failed:
        yield refusal(masking.present(failed.errors), OK)
    except Exception as error:  # noqa: BLE001 - a broken source ends its own stream, masked, and nothing else
        yield refusal((masking.unexpected(error),), OK)
    finally:
        await context.aclose()


async def _open_source(executor: FieldExecutor) -> AsyncIterator[Any]:
    with executor.expiry:
        opened = create_source_event_stream(executor)
        source = await executor.expiry.wait(opened) if isawaitable(opened) else opened
    if isinstance(source, ExecutionResult):
        raise SourceFailed(source.errors or [])
    return aiter(source)


def _closing(source: AsyncIterator[Any]) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
    if hasattr(source, "aclose"):
        return aclosing(cast("AsyncGenerator[Any, None]", source))
    return nullcontext(source)


async def _run_event(
    executor: FieldExecutor, payload: object, context: OperationContext, masking: Masking, seconds: float
) -> Outcome:
    event = cast("FieldExecutor", executor.build_per_event_executor(payload))
    event.context_value = context
    event.expiry = Expiry(seconds)
    try:
        return await run_executor(event, masking, seconds)
    finally:
        await context.aclose()
