"""The operations that run on one socket, by the ids that the client gave them."""

import asyncio
from contextlib import aclosing

from graphql import OperationType

from graph.caller import Caller, Introduction
from graph.documents.operation import AdmittedOperation
from graph.documents.request import OperationRequest
from graph.engine import Engine
from graph.http.responses import encode
from graph.outcome import Outcome
from graph.websocket import messages
from graph.websocket.messages import DUPLICATE_ID, Close
from graph.websocket.outbox import Outbox
from ops.errors import TooManyOperations


class Operations:
    """Each operation is a task of the socket's group and sends through the socket's outbox."""

    def __init__(
        self, engine: Engine, outbox: Outbox, group: asyncio.TaskGroup, most: int, client: str | None = None
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._group = group
        self._most = most
        self._told = Introduction(client=client)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._short: set[asyncio.Task[None]] = set()

    async def start(self, operation_id: str, request: OperationRequest, request_id: str) -> None:
        """Start an operation; one that is refused ends with an `error` message. Raises Close 4409."""
        if operation_id in self._running:
            raise Close(DUPLICATE_ID, f"Subscriber for {operation_id} already exists")
        caller = self._engine.callers.meet(request_id, self._told)
        if len(self._running) >= self._most:
            full = TooManyOperations(f"At most {self._most} operations may run on one socket")
            self._engine.observers.refused(caller, request.operation_name, full.status, [full.code])
            entry = {"message": full.message, "extensions": full.extensions}
            await self._outbox.put(messages.errors(operation_id, [entry]))
            return
        if request.named:
            admitted = await self._engine.admit_named(request, caller, allow_mutations=True)
        else:
            admitted = self._engine.admit(request, caller, allow_mutations=True)
        if isinstance(admitted, Outcome):
            await self._outbox.put(messages.errors(operation_id, admitted.errors))
            return
        task = self._group.create_task(self._run(operation_id, admitted, caller))
        self._running[operation_id] = task
        if admitted.kind is not OperationType.SUBSCRIPTION:
            self._short.add(task)
            task.add_done_callback(self._short.discard)

    def cancel(self, operation_id: str) -> None:
        """End an operation because the client wants no more of it; an unknown id may just have ended."""
        task = self._running.pop(operation_id, None)
        if task is not None:
            task.cancel()

    async def finish_short(self, seconds: float) -> None:
        """Wait for running queries and mutations, at most `seconds`; subscriptions have no end to wait for."""
        if self._short:
            await asyncio.wait(set(self._short), timeout=seconds)

    async def _run(self, operation_id: str, admitted: AdmittedOperation, caller: Caller) -> None:
        try:
            last = await self._relay(operation_id, admitted, caller)
        except Exception as error:  # noqa: BLE001 - masked and logged; the socket's other operations go on
            last = messages.errors(operation_id, self._engine.mask(error, caller.request_id))
        if self._running.get(operation_id) is asyncio.current_task():
            del self._running[operation_id]  # first, for the client may use the id again once it knows
        await self._outbox.put(last)

    async def _relay(self, operation_id: str, admitted: AdmittedOperation, caller: Caller) -> bytes:
        """Send the results; return the message that ends the operation."""
        if admitted.kind is not OperationType.SUBSCRIPTION:
            outcome = await self._engine.execute(admitted, caller)
            await self._outbox.put(messages.next_result(operation_id, encode(outcome.body())))
        else:
            async with aclosing(self._engine.subscribe(admitted, caller)) as deliveries:
                async for delivery in deliveries:
                    if delivery.refused is not None:
                        return messages.errors(operation_id, delivery.refused)
                    await self._outbox.put(messages.next_result(operation_id, delivery.body))
        return messages.complete(operation_id)
