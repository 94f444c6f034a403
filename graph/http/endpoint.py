"""The GraphQL endpoint over HTTP: one request in, one result, batch or event stream out."""

import asyncio
from collections.abc import AsyncGenerator

from graphql import OperationType
from starlette.types import Receive, Scope, Send

from graph.caller import Caller, introduction
from graph.documents.operation import AdmittedOperation
from graph.documents.request import OperationRequest, read_body, read_query_string
from graph.drain import Drain
from graph.engine import Engine, Extend
from graph.events.delivery import Delivery
from graph.http.accept import JSON
from graph.http.answers import send_answer, send_outcome, status_for
from graph.http.body import read_whole
from graph.http.connection import while_client_waits
from graph.http.event_stream import EventStream
from graph.http.head import READING, Judge, Judgement
from graph.http.responses import send_json
from graph.outcome import OK, Outcome, refusal
from graph.responses.raw_key import RawKey, raw_key
from graph.responses.serving import send_kept
from ops.errors import MethodNotAllowed, NotAcceptable, PublicError
from ops.settings import Settings

METHODS = "GET, HEAD, POST, OPTIONS"


class GraphQLEndpoint:
    """An ASGI application for one path; it raises PublicError where no document can be blamed."""

    def __init__(self, engine: Engine, judge: Judge, settings: Settings, drain: Drain) -> None:
        self._engine = engine
        self._judge = judge
        self._settings = settings
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises PublicError and ClientLeft."""
        method: str = scope["method"]
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", METHODS.encode())]})
            await send({"type": "http.response.body", "body": b""})
            return
        reading = method in READING
        if not reading and method != "POST":
            raise MethodNotAllowed(f"{method[:20]} is not one of {METHODS}", allow=METHODS)
        judged = self._judge.judge(method, scope["headers"])
        raw: bytes = scope["query_string"] if reading else await read_whole(receive)
        engine = self._engine
        request_id: str = scope["state"]["request_id"]
        told = introduction(scope["headers"])
        caller = engine.callers.meet(request_id, told)
        key: RawKey | None = None
        if judged.kept is not None:
            if engine.keeps:
                key = raw_key(method, scope["path"], engine.revision, raw)
                kept = engine.recall(key, judged.kept) if key is not None else None
                if kept is not None:
                    engine.observers.recalled(caller, kept)
                    await send_kept(scope, send, kept)
                    return
            before = engine.before.find(method, raw)
            if before is not None:
                work = engine.answer(before, caller, judged.kept, key)
                await send_answer(scope, send, await while_client_waits(scope, receive, work), judged.kept)
                return
        read = read_query_string if reading else read_body
        asked = read(raw, self._settings.limits)
        if isinstance(asked, list):
            callers = [caller, *(engine.callers.meet(request_id, told) for _ in asked[1:])]
            await self._answer_batch(asked, callers, judged, scope, receive, send)
            return
        revision = engine.revision
        admitted = await self._admit(asked, caller, mutations=not reading)
        if isinstance(admitted, Outcome):
            await send_outcome(send, admitted, judged.accept.json() or JSON)
            return
        engine.before.keep(method, raw, asked, admitted, revision)
        await self._answer(admitted, caller, key, judged, scope, receive, send)

    async def _answer(
        self,
        admitted: AdmittedOperation,
        caller: Caller,
        key: RawKey | None,
        judged: Judgement,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        accept, extend = judged.accept, judged.extend
        if admitted.kind is OperationType.SUBSCRIPTION:
            if not accept.takes_stream():
                raise NotAcceptable("A subscription answers as 'text/event-stream', which Accept excludes")
            await self._stream(self._engine.subscribe(admitted, caller), receive, send, endless=True)
        elif accept.prefers_stream():
            await self._stream(self._single(admitted, caller, extend), receive, send, endless=False)
        elif media_type := accept.json():
            work = (
                self._engine.answer(admitted, caller, media_type, key)
                if extend is None
                else self._engine.execute(admitted, caller, extend)
            )
            await send_answer(scope, send, await while_client_waits(scope, receive, work), media_type)
        else:
            raise NotAcceptable("Accept leaves neither 'application/graphql-response+json' nor 'application/json'")

    async def _admit(self, asked: OperationRequest, caller: Caller, *, mutations: bool) -> AdmittedOperation | Outcome:
        if asked.named:
            return await self._engine.admit_named(asked, caller, allow_mutations=mutations)
        return self._engine.admit(asked, caller, allow_mutations=mutations)

    async def _answer_batch(
        self,
        asked: list[OperationRequest],
        callers: list[Caller],
        judged: Judgement,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        media_type = judged.accept.json()
        if media_type is None:
            raise NotAcceptable("A batch answers in JSON, which Accept excludes")
        admitted = [
            (await self._admit(request, caller, mutations=True), caller)
            for request, caller in zip(asked, callers, strict=True)
        ]
        outcomes = await while_client_waits(scope, receive, self._execute_all(admitted, judged.extend))
        statuses = {status_for(outcome, media_type) for outcome in outcomes}
        status = statuses.pop() if len(statuses) == 1 else OK
        await send_json(send, [outcome.body() for outcome in outcomes], status=status, media_type=media_type)

    async def _execute_all(
        self, admitted: list[tuple[AdmittedOperation | Outcome, Caller]], extend: Extend | None
    ) -> list[Outcome]:
        """Run queries side by side, but one after another where a mutation is among them."""
        if any(_is_mutation(one) for one, _ in admitted):
            return [await self._execute_one(one, caller, extend) for one, caller in admitted]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._execute_one(one, caller, extend)) for one, caller in admitted]
        return [task.result() for task in tasks]

    async def _execute_one(
        self, admitted: AdmittedOperation | Outcome, caller: Caller, extend: Extend | None
    ) -> Outcome:
        if isinstance(admitted, Outcome):
            return admitted
        if admitted.kind is OperationType.SUBSCRIPTION:
            outcome = refused(NotAcceptable("A subscription cannot be part of a batch"))
            self._engine.observers.refused(caller, admitted.name, outcome.status, outcome.codes())
            return outcome
        return await self._engine.execute(admitted, caller, extend)

    async def _single(
        self, admitted: AdmittedOperation, caller: Caller, extend: Extend | None
    ) -> AsyncGenerator[Delivery, None]:
        yield Delivery(await self._engine.execute(admitted, caller, extend))

    async def _stream(
        self, deliveries: AsyncGenerator[Delivery, None], receive: Receive, send: Send, *, endless: bool
    ) -> None:
        deadlines = self._settings.deadlines
        stream = EventStream(receive, send, self._drain, deadlines.heartbeat, deadlines.send)
        await stream.run(deliveries, endless=endless)


def refused(error: PublicError) -> Outcome:
    """Return an error before execution as an outcome of its own."""
    return refusal([{"message": error.message, "extensions": error.extensions}], error.status)


def _is_mutation(admitted: AdmittedOperation | Outcome) -> bool:
    return not isinstance(admitted, Outcome) and admitted.kind is OperationType.MUTATION
