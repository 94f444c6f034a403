"""Who waited in vain for another's answer has waited: its own operation ends when it would have ended at once."""

import asyncio
from collections.abc import Sequence

import pytest

from graph.compiled import Plans
from graph.execution import OperationContext
from graph.expiry import Expiry
from graph.http.accept import JSON
from graph.outcome import Outcome
from graph.shadow import Shadow
from ops.errors import DeadlineExceeded
from ops.metrics import make_metrics
from ops.operation_record import FieldRecord
from storage.cache.background import Background
from storage.deadline import Deadline, asked_at
from tests.asgi_exchange import until
from tests.graph.responses.server import RAW, SCHEMA, Server, Writes, admitted, open_cache

SECONDS = 10.0
FAILED = ({"message": "late", "extensions": {"code": "DEADLINE_EXCEEDED"}},)


async def test_the_wait_for_a_leader_that_fails_is_a_part_of_the_deadline(writes: Writes) -> None:
    """With a database that is frozen a follower would take twice its time; what it runs ends with its own deadline."""
    server = Server(errors=FAILED)
    cache = open_cache(server, writes, wait=SECONDS)
    server.gate.clear()
    deadlines: list[Deadline] = []

    async def execute() -> Outcome:
        deadlines.append(Deadline.after(SECONDS))
        return await server.execute()

    asking = [asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, execute)) for _ in range(20)]
    await until(lambda: server.executions == 1 and any(cache._flights.values()))
    asked = asyncio.get_running_loop().time()
    await asyncio.sleep(0.05)
    server.gate.set()
    for answer, served in await asyncio.gather(*asking):
        assert isinstance(answer, Outcome)
        assert (answer.errors, served) == (FAILED, False)
    assert len(deadlines) == 20
    assert max(deadline.at for deadline in deadlines) <= asked + SECONDS
    assert cache._flights == {}
    assert Deadline.after(SECONDS).at > asked + SECONDS, "nobody else's time is shortened"


async def test_nothing_begins_where_no_time_is_left() -> None:
    """A deadline that is over refuses before anything is sent, and so does the expiry of whatever else is awaited."""
    with asked_at(asyncio.get_running_loop().time() - SECONDS):
        late = Deadline.after(SECONDS)
        with pytest.raises(DeadlineExceeded), Expiry(SECONDS) as expiry:
            await expiry.wait(asyncio.sleep(60))
    with pytest.raises(DeadlineExceeded):
        late.remaining()


async def test_work_beside_requests_has_deadlines_of_its_own() -> None:
    """What a late request begins for others is not late."""
    background, found = Background(), list[Deadline]()

    async def work() -> None:
        found.append(Deadline.after(SECONDS))

    before = asyncio.get_running_loop().time()
    with asked_at(before - SECONDS):
        background.later(work())
    await background.idle()
    assert found[0].at >= before + SECONDS


async def test_a_comparison_has_a_deadline_of_its_own() -> None:
    """The shadow of a late request runs beside it, not as a part of it."""
    found = list[Deadline]()

    class Context:
        timed = False
        fields: Sequence[FieldRecord] = ()

        async def aclose(self) -> None:
            """Nothing was opened."""

        def read_afresh(self) -> None:
            """Nothing is remembered here."""

    def open_context(_like: OperationContext) -> OperationContext:
        found.append(Deadline.after(SECONDS))
        return Context()

    shadow = Shadow(SCHEMA, Plans(SCHEMA, most=1), open_context, make_metrics(), seconds=SECONDS, share=1.0)
    before = asyncio.get_running_loop().time()
    with asked_at(before - SECONDS):
        shadow.consider(admitted(), Context(), Outcome({"public": ""}))
    await until(lambda: bool(found))
    await shadow.aclose()
    assert found[0].at >= before + SECONDS
