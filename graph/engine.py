"""Admission and execution behind one face, for HTTP and WebSocket alike: each operation leaves one record."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import aclosing
from time import perf_counter
from typing import Any, Protocol

from graphql import GraphQLError, GraphQLSchema
from msgspec.structs import replace

from graph.caller import Caller, Callers
from graph.compiled import Plans
from graph.documents.admission import Documents
from graph.documents.admitted_before import AdmittedBefore
from graph.documents.library import Library
from graph.documents.operation import AdmittedOperation
from graph.documents.refusal import Refusal
from graph.documents.registered import Registered
from graph.documents.request import OperationRequest
from graph.events.delivery import Delivery
from graph.events.hub import Hub
from graph.execution import OperationContext, run_operation
from graph.http.accept import MediaType
from graph.masking import Masking
from graph.observation import Done, Observers
from graph.outcome import LEFT, OK, Outcome, Reads, refusal
from graph.responses.cache import GRAPHQL, Form, ResponseCache
from graph.responses.kept import Kept
from graph.responses.raw_key import RawKey
from graph.shadow import Shadow
from graph.subscribing import Running, run_subscription
from ops.errors import PublicError
from ops.metrics import Metrics
from ops.operation_line import OperationLines
from ops.settings import Executor
from storage.automatic_documents import AutomaticDocuments
from storage.redis import RedisState

PLANS = 500
"""Compiled operations that are kept, of some 80 KiB each."""

Extend = Callable[[Any, AdmittedOperation], Awaitable[dict[str, Any]]]
"""Makes extensions of an operation that has run and of its context, which is still open."""


class Context(OperationContext, Done, Protocol):
    """The context value, with what the record shows of the work that was done."""

    @property
    def tags(self) -> Collection[str]:
        """Tags of what was read so far."""
        ...

    @property
    def mark(self) -> int | None:
        """The invalidations' mark when it opened."""
        ...

    @property
    def tick(self) -> int:
        """The request's instant, in whole window ticks."""
        ...

    def remark(self, comment: str) -> None:
        """Let the SQL of the operation carry a comment."""
        ...


class Engine:
    """The schema with everything that runs it; holds nothing of any single operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        documents: Documents,
        open_context: Callable[[], Context],
        metrics: Metrics,
        seconds: float,
        hub: Hub | None = None,
        library: Library | None = None,
        executor: Executor = "compiled",
    ) -> None:
        self.library = library or Library(documents, Registered(), AutomaticDocuments(RedisState(None)), "open")
        self.before = AdmittedBefore(self.library.registered, trusted=documents.trusted)
        self.schema = schema
        self._documents = documents
        self._open_context = open_context
        self._metrics = metrics
        self._seconds = seconds
        self.callers = Callers()
        self.observers = Observers(self.library.registered, (OperationLines().observe, metrics.observe))
        self.plans = Plans(schema, most=PLANS)
        self.shadow: Shadow | None = None
        self.responses: ResponseCache | None = None
        self._answering = self.plans if executor == "compiled" else None
        self._running = Running(
            schema, open_context, seconds, hub, self._answering, callers=self.callers, observers=self.observers
        )

    def admit(self, request: OperationRequest, caller: Caller, *, allow_mutations: bool) -> AdmittedOperation | Outcome:
        """Return the admitted operation, or the outcome that says why it was refused."""
        try:
            return self._documents.admit(request, allow_mutations=allow_mutations, phases=caller.phases)
        except Refusal as refused:
            outcome = refusal((_formatted(error) for error in refused.errors), refused.status)
        except PublicError as error:
            outcome = refusal([{"message": error.message, "extensions": error.extensions}], error.status)
        self.observers.refused(caller, request.operation_name, outcome.status, outcome.codes())
        return outcome

    async def admit_named(
        self, request: OperationRequest, caller: Caller, *, allow_mutations: bool
    ) -> AdmittedOperation | Outcome:
        """Admit a request that names its document by an id or a hash, or brings one to be kept under its hash."""
        try:
            whole = await self.library.complete(request)
        except PublicError as error:
            outcome = refusal([{"message": error.message, "extensions": error.extensions}], error.status)
            self.observers.refused(caller, request.operation_name, outcome.status, outcome.codes())
            return outcome
        admitted = self.admit(whole, caller, allow_mutations=allow_mutations)
        if isinstance(admitted, AdmittedOperation):
            await self.library.keep(request, admitted.digest)
        return admitted

    def mask(self, error: Exception, request_id: str) -> tuple[dict[str, Any], ...]:
        """Log a failure outside execution, and return the `errors` that a client may see of it."""
        return (Masking(self._metrics, request_id).unexpected(error),)

    async def execute(self, admitted: AdmittedOperation, caller: Caller, extend: Extend | None = None) -> Outcome:
        """Run a query or mutation; `extend` adds to its outcome. A cancel stops its SQL and passes through."""
        status, codes = LEFT, ["CANCELLED"]
        context = self._open_context()
        comment = self.callers.comment(caller, admitted.name)
        if comment is not None:
            context.remark(comment)
        begun = perf_counter()
        try:
            masking = Masking(self._metrics, caller.request_id)
            outcome = await run_operation(
                self.schema,
                admitted,
                context,
                masking,
                self._seconds,
                self._answering,
                caller.phases,
                at_once=extend is not None,
            )
            if self.shadow is not None:
                self.shadow.consider(admitted, context, outcome)
            if extend is not None:
                outcome = replace(outcome, extensions=await extend(context, admitted))
            if self.keeps:
                outcome = replace(outcome, reads=Reads(frozenset(context.tags), context.mark, context.tick))
            elif context.tags:
                outcome = replace(outcome, reads=Reads(frozenset(context.tags), None, 0))
            status, codes = outcome.status, outcome.codes() if outcome.errors else []
        finally:
            try:
                await context.aclose()
            finally:
                caller.executed(begun)
                self.observers.ended(caller, admitted, status, codes, done=context)
        return outcome

    @property
    def keeps(self) -> bool:
        """Whether answers are kept now."""
        return self.responses is not None and self.responses.trust.trusted

    @property
    def revision(self) -> int:
        """Changes when the ids in requests may stand for other documents, so that raw keys are others too."""
        return self.library.registered.revision

    def recall(self, key: RawKey, media_type: MediaType) -> Kept | None:
        """Return the kept answer to a request that came before in the very same bytes; who takes it tells of it."""
        return self.responses.find(key, media_type) if self.responses is not None else None

    async def answer(
        self,
        admitted: AdmittedOperation,
        caller: Caller,
        media_type: MediaType,
        raw: RawKey | None = None,
        form: Form = GRAPHQL,
    ) -> Kept | Outcome:
        """Answer a query or mutation from what is kept, or run it; what other caches may keep is ready for the wire."""
        if self.responses is None:
            return await self.execute(admitted, caller)
        if not self.responses.trust.trusted:
            return self.responses.prepare(await self.execute(admitted, caller), admitted, media_type, form)
        ran = False

        async def execute() -> Outcome:
            nonlocal ran
            ran = True
            return await self.execute(admitted, caller)

        try:
            answer, served = await self.responses.answer(raw, admitted, media_type, execute, form)
        except BaseException:
            if not ran:  # the client left while another's answer was waited for
                self.observers.ended(caller, admitted, LEFT, ["CANCELLED"])
            raise
        if served and isinstance(answer, Kept):
            self.observers.recalled(caller, answer)
        return answer

    async def subscribe(self, admitted: AdmittedOperation, caller: Caller) -> AsyncGenerator[Delivery, None]:
        """Yield a delivery for each event. Close the generator to end the source."""
        events = 0
        codes: set[str] = set()
        stream = run_subscription(self._running, admitted, caller, lambda: Masking(self._metrics, caller.request_id))
        try:
            async with aclosing(stream) as deliveries:
                async for delivery in deliveries:
                    if delivery.refused is None:
                        events += 1  # whose errors are in its own record, once for all who share it
                    else:
                        codes.update(delivery.codes)
                    yield delivery
        finally:
            self.observers.ended(caller, admitted, OK, sorted(codes), done=caller.opening, events=events)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)
