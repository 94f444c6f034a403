"""Running a subscription: a source is opened, and each event executed with a context of its own.

A source that is a plan (`Updates`) is followed by the hub, once for all who asked alike; any other is iterated here.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from inspect import isawaitable
from time import perf_counter
from typing import Any, Protocol, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import create_source_event_stream

from graph.caller import Caller, Callers, Opening
from graph.compiled import Plans
from graph.documents.operation import AdmittedOperation
from graph.documents.registered import Registered
from graph.events.delivery import Delivery
from graph.events.follow import follow
from graph.events.group import Execute
from graph.events.hub import Hub
from graph.events.lanes import Lanes
from graph.events.sharing import resumes, sharing_key
from graph.execution import FieldExecutor, OperationContext, build_executor, run_executor
from graph.expiry import Expiry
from graph.masking import Masking
from graph.observation import Done, Observers
from graph.outcome import LEFT, OK, executed, refusal
from ops.errors import PublicError, Unavailable
from resolvers.updates import Updates


class SourceFailed(Exception):
    """The stream of events could not be opened, for these reasons."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class EventContext(OperationContext, Done, Protocol):
    """The context value of an event, with what its record shows."""

    def remark(self, comment: str) -> None:
        """Let its SQL carry a comment."""
        ...


OPENINGS = 4
"""Sources opened at once, as thousands come back after a drain: fewer than there are database connections."""

TURN_SECONDS = 60.0
"""How long a subscription waits to be opened: coming late is better than being refused, which many clients take for
the end."""


@dataclass(frozen=True, slots=True)
class Running:
    """What every subscription runs with; opening a source and executing an event have `seconds` each."""

    schema: GraphQLSchema
    open_context: Callable[[], EventContext]
    seconds: float
    hub: Hub | None
    plans: Plans | None = None
    callers: Callers = field(default_factory=Callers)
    observers: Observers = field(default_factory=lambda: Observers(Registered()))
    openings: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(OPENINGS))
    lanes: Lanes = field(default_factory=Lanes)


async def run_subscription(
    running: Running, admitted: AdmittedOperation, caller: Caller, make_masking: Callable[[], Masking]
) -> AsyncGenerator[Delivery, None]:
    """Yield a delivery for each event.

    A source that cannot be opened, or that breaks, yields one refused delivery and ends. Close this generator
    (`aclosing`) to close the source.
    """
    try:
        with running.hub.place() if running.hub is not None else nullcontext():
            async with aclosing(_deliveries(running, admitted, caller, make_masking)) as deliveries:
                async for delivery in deliveries:
                    yield delivery
    except SourceFailed as failed:
        yield Delivery(refusal(make_masking().present(failed.errors), OK))
    except PublicError as error:
        yield Delivery(refusal([{"message": error.message, "extensions": error.extensions}], OK))
    except Exception as error:  # noqa: BLE001 - a broken source ends its own stream, masked, and nothing else
        yield Delivery(refusal((make_masking().unexpected(error),), OK))


def _deliveries(
    running: Running, admitted: AdmittedOperation, caller: Caller, make_masking: Callable[[], Masking]
) -> AsyncGenerator[Delivery, None]:
    group = running.hub.find(sharing_key(admitted)) if running.hub is not None and not resumes(admitted) else None
    if running.hub is None or group is None:
        return _open_and_run(running, admitted, caller, make_masking)
    return follow(running.hub, sharing_key(admitted), group.updates, group.execute)


async def _open_and_run(
    running: Running, admitted: AdmittedOperation, caller: Caller, make_masking: Callable[[], Masking]
) -> AsyncGenerator[Delivery, None]:
    async with AsyncExitStack() as opened:
        async with _turn(running):
            context = running.open_context()  # its deadline begins here
            opened.push_async_callback(context.aclose)
            executor = build_executor(running.schema, admitted, context, Expiry(running.seconds), running.plans)
            begun = perf_counter()
            try:
                source = await _open_source(executor)
            finally:
                caller.executed(begun)
                caller.opening = Opening(context.statements, context.ledger, context.calls, context.memory_hits)
        turns = running.lanes.lane(running.schema, admitted)

        async def execute(payload: object) -> Delivery:
            async with turns:
                return await _run_event(executor, payload, running, admitted, caller, make_masking())

        if isinstance(source, Updates):
            await opened.aclose()
            if running.hub is None:
                raise Unavailable("Subscriptions need Redis, and none is configured.")
            stream = follow(running.hub, sharing_key(admitted), source, execute)
        else:
            stream = _iterate(aiter(source), execute)
        async with aclosing(stream) as deliveries:
            async for delivery in deliveries:
                yield delivery


@asynccontextmanager
async def _turn(running: Running) -> AsyncIterator[None]:
    """Hold one of the few openings. Raise `Unavailable` where none is free in time."""
    try:
        async with asyncio.timeout(TURN_SECONDS):
            await running.openings.acquire()
    except TimeoutError:
        raise Unavailable("Too many subscriptions are waiting to be opened.") from None
    try:
        yield
    finally:
        running.openings.release()


async def _open_source(executor: FieldExecutor) -> Any:
    with executor.expiry:
        opened = create_source_event_stream(executor)
        source = await executor.expiry.wait(opened) if isawaitable(opened) else opened
    if isinstance(source, ExecutionResult):
        raise SourceFailed(source.errors or [])
    return source


async def _iterate(source: AsyncIterator[Any], execute: Execute) -> AsyncGenerator[Delivery, None]:
    async with _closing(source) as events:
        async for payload in events:
            yield await execute(payload)


def _closing(source: AsyncIterator[Any]) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
    if hasattr(source, "aclose"):
        return aclosing(cast("AsyncGenerator[Any, None]", source))
    return nullcontext(source)


async def _run_event(
    executor: FieldExecutor,
    payload: object,
    running: Running,
    admitted: AdmittedOperation,
    subscriber: Caller,
    masking: Masking,
) -> Delivery:
    """Execute one event. Whatever fails is this event's failure: a group that it ended would fall silent for all."""
    try:
        caller = running.callers.event(subscriber)
        context = running.open_context()
        context.read_afresh()
        comment = running.callers.comment(caller, admitted.name)
        if comment is not None:
            context.remark(comment)
        event = cast("FieldExecutor", executor.build_per_event_executor(payload))
        event.context_value = context
        event.expiry = Expiry(running.seconds)
        status, codes = LEFT, ["CANCELLED"]
        try:
            outcome = await run_executor(event, masking)
            status, codes = outcome.status, outcome.codes()
        finally:
            try:
                await context.aclose()
            finally:
                caller.executed(caller.begun)
                running.observers.ended(caller, admitted, status, codes, done=context, kind="event")
        return Delivery(outcome)
    except Exception as error:  # noqa: BLE001 - masked and logged there
        return Delivery(executed(None, (masking.unexpected(error),)))
