"""The shadow: for a share of queries the compiled plan runs too, after the reference has answered, and is compared.

The client has the reference's answer by then: a comparison that fails, is slow or is dropped costs nobody anything but
the work. It has a context of its own at the same instant, and so many run at once and no more.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from random import random

import structlog
from graphql import GraphQLSchema, OperationType

from graph.compiled import Plans
from graph.documents.operation import AdmittedOperation
from graph.execution import OperationContext, run_operation
from graph.masking import Masking
from graph.outcome import Outcome
from graph.shadow_comparison import differing_places, settled
from ops.errors import Internal
from ops.metrics import Metrics
from ops.settings import Settings

log = structlog.get_logger()
AT_ONCE = 2
"""Comparisons at once in a process; a query that would be one more is counted as skipped."""

_SHOWN = 10  # places in a log line


class Shadow:
    """Repeats queries by compiled plans. `open_context` opens a context at the same instant as another's."""

    def __init__(
        self,
        schema: GraphQLSchema,
        plans: Plans,
        open_context: Callable[[OperationContext], OperationContext],
        metrics: Metrics,
        *,
        seconds: float,
        share: float,
    ) -> None:
        self._schema = schema
        self._plans = plans
        self._open_context = open_context
        self._metrics = metrics
        self._seconds = seconds
        self._share = share
        self._tasks: set[asyncio.Task[None]] = set()

    def consider(self, admitted: AdmittedOperation, like: OperationContext, answer: Outcome) -> None:
        """Begin a comparison if this query is drawn; returns at once and raises nothing."""
        if admitted.kind is not OperationType.QUERY or random() >= self._share:  # noqa: S311 - a sample, no secret
            return
        if len(self._tasks) >= AT_ONCE:
            self._count("skipped")
            return
        work = self._compare(admitted, like, answer)
        task = asyncio.create_task(work, context=Context())  # a request that waited has less time than a comparison
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Stop the comparisons that are running, and wait until their connections are back."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self._seconds)

    async def _compare(self, admitted: AdmittedOperation, like: OperationContext, answer: Outcome) -> None:
        try:
            self._count(await self._verdict(admitted, like, answer))
        except Exception as error:  # noqa: BLE001 - nobody waits for a comparison; its failure is the finding
            self._count("failed")
            name = type(error).__name__  # not its message, which may hold values
            log.error("shadow_failed", digest=admitted.digest, error=name)  # noqa: TRY400 - as above

    async def _verdict(self, admitted: AdmittedOperation, like: OperationContext, answer: Outcome) -> str:
        plan = self._plans.compile_now(admitted.digest, admitted.operation, admitted.fragments, admitted.variables)
        if plan is None:
            return "fallback"
        compiled = await self._run(admitted, like, self._plans)
        places = differing_places(answer, compiled)
        if not places:
            return "same"
        again = await self._run(admitted, like, None)
        if not settled(answer, compiled, again) or differing_places(answer, again):
            return "unsettled"  # rows changed between the runs, or a store was away: nothing is proved either way
        log.error("shadow_difference", digest=admitted.digest, operation=admitted.name, places=places[:_SHOWN])
        return "different"

    async def _run(self, admitted: AdmittedOperation, like: OperationContext, plans: Plans | None) -> Outcome:
        context = self._open_context(like)
        try:
            return await run_operation(
                self._schema, admitted, context, _Quiet(self._metrics, "shadow"), self._seconds, plans
            )
        finally:
            await context.aclose()

    def _count(self, verdict: str) -> None:
        self._metrics.shadow_operations.labels(verdict).inc()


class _Quiet(Masking):
    """Masks without logging or counting: the same failure was logged when the client was answered."""

    __slots__ = ()

    def _mask(self, cause: BaseException, error: object) -> Internal:  # noqa: ARG002 - what Masking hands over
        return Internal("Internal error")


@asynccontextmanager
async def open_shadow(
    settings: Settings,
    schema: GraphQLSchema,
    plans: Plans,
    open_context: Callable[[OperationContext], OperationContext],
    metrics: Metrics,
) -> AsyncGenerator[Shadow | None, None]:
    """Yield the shadow where the settings ask for one; its comparisons end with this context."""
    if settings.executor != "shadow":
        yield None
        return
    seconds = settings.deadlines.operation
    shadow = Shadow(schema, plans, open_context, metrics, seconds=seconds, share=settings.shadow_share)
    try:
        yield shadow
    finally:
        await shadow.aclose()
