"""A thousand subscribers that come and go, politely or not: nothing of them stays."""

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from graph.events.delivery import Delivery
from graph.events.group import Group, Member
from graph.events.slots import Slots
from graph.execution import FieldExecutor
from graph.websocket.operations import Operations
from loaders.context import RequestContext
from tests.asgi_exchange import exchange, http_scope, until
from tests.flows.subscribers import MENTIONS, QUOTES, SYMBOLS, Served, served, subscriber

CYCLES = 250
AT_ONCE = 10
LASTING = 3
"""The test, the event reader, and the keeper of the database pool's idle connections."""

KINDS = (Delivery, Group, Member, Slots, FieldExecutor, Operations, RequestContext)


async def socket_that_completes(api: Served, number: int) -> None:
    """Subscribe, take an update, complete, close."""
    async with subscriber(api) as client:
        client.subscribe(QUOTES, symbols=[SYMBOLS[number % 3]])
        await client.update()
        client.played.say({"type": "complete", "id": "s"})
        await client.caught_up()


async def socket_that_vanishes(api: Served, number: int) -> None:
    """Subscribe twice, and be gone, now and then before the first update."""
    async with subscriber(api) as client:
        client.subscribe(QUOTES, symbols=[SYMBOLS[number % 3]])
        client.subscribe(MENTIONS, "m", symbols=[SYMBOLS[number % 3]])
        if number % 2:
            await client.update()


async def stream_that_is_closed(api: Served, number: int) -> None:
    """Take an update over an event stream, and leave."""
    await stream(api, number, read=True)


async def stream_that_vanishes(api: Served, number: int) -> None:
    """Ask for an event stream, and leave before it says anything."""
    await stream(api, number, read=False)


async def stream(api: Served, number: int, *, read: bool) -> None:
    """Subscribe over an event stream."""
    scope = http_scope(content_type="application/json", accept="text/event-stream")
    async with exchange(api.app, scope) as played:
        asked = {"query": QUOTES, "variables": {"symbols": [SYMBOLS[number % 3]]}}
        played.send({"type": "http.request", "body": msgspec.json.encode(asked)})
        if read:
            assert (await played.next())["status"] == 200
            assert (await played.next())["body"].startswith(b"event: next\n")
        played.send({"type": "http.disconnect"})
        await asyncio.gather(played.task, return_exceptions=True)


def alive() -> Counter[str]:
    """Count what subscriptions are made of."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, KINDS))


async def cycle(api: Served, one: Callable[[Served, int], Awaitable[None]], cycles: int) -> None:
    """Let subscribers come and go, some at a time, while events arrive."""
    for start in range(0, cycles, AT_ONCE):
        await asyncio.gather(*(one(api, start + number) for number in range(AT_ONCE)), api.redis_only("AAPL"))
        await api.mention(start)
        api.contexts.clear()
    await until(lambda: api.hub.groups == 0)
    await until(lambda: len(asyncio.all_tasks()) <= LASTING)
    api.contexts.clear()  # events of the last ones may have been executed until here


@pytest.mark.parametrize(
    "one", [socket_that_completes, socket_that_vanishes, stream_that_is_closed, stream_that_vanishes]
)
async def test_nothing_stays(
    plain_database_url: str, redis_url: str, one: Callable[[Served, int], Awaitable[None]]
) -> None:
    """After 250 of each kind there are the tasks and objects that there were after the first ten."""
    async with served(plain_database_url, redis_url) as api:
        await cycle(api, one, AT_ONCE)
        async with subscriber(api) as client:
            client.subscribe(QUOTES, symbols=["AAPL"])
            await client.update()
            assert {"Group", "Member", "LatestSlots", "Operations"} <= alive().keys()
        await until(lambda: api.hub.groups == 0 and len(asyncio.all_tasks()) <= LASTING)
        api.contexts.clear()
        tasks, objects = len(asyncio.all_tasks()), alive()
        await cycle(api, one, CYCLES)
        assert len(asyncio.all_tasks()) == tasks
        assert alive() == objects
        assert api.hub.members == 0
