"""Whoever waits for another's answer leaves a record too, also one who does not wait to the end."""

import asyncio
from typing import Any, cast

from graph.documents.admission import Documents
from graph.engine import Engine
from graph.http.accept import JSON
from graph.outcome import Outcome
from ops.metrics import make_metrics
from ops.operation_record import OperationRecord
from ops.settings import Limits
from tests.asgi_exchange import until
from tests.graph.responses.server import RAW, SCHEMA, Server, Writes, admitted, open_cache


class Slow(Engine):
    """Executes when the server of the test does."""

    server: Server

    async def execute(self, *_: Any, **__: Any) -> Outcome:
        """Leave no record: that is the ordinary one's, and tested elsewhere."""
        return await self.server.execute()


async def test_a_client_that_left_another_s_answer_is_on_record(writes: Writes) -> None:
    """Three ask alike; of the two who wait for the first, one leaves and one is served."""
    documents = Documents(SCHEMA, Limits(), introspection=True, suggestions=True)
    engine = Slow(SCHEMA, documents, cast("Any", None), make_metrics(), 10)
    records: list[OperationRecord] = []
    engine.observers.all = (records.append,)
    engine.server = Server()
    engine.responses = open_cache(engine.server, writes)
    engine.server.gate.clear()
    asking = []
    for number in range(3):
        caller = engine.callers.meet(f"r{number}")
        asking.append(asyncio.ensure_future(engine.answer(admitted(), caller, JSON, RAW)))
        await until(lambda: engine.server.executions == 1)
    await asyncio.sleep(0)
    asking[1].cancel()
    await asyncio.wait(asking[1:2])
    engine.server.gate.set()
    await asyncio.gather(asking[0], asking[2])
    assert engine.server.executions == 1
    assert [(one.request_id, one.kind, one.status, one.codes, one.kept) for one in records] == [
        ("r1", "query", 499, ["CANCELLED"], False),
        ("r2", "query", 200, (), True),
    ]
