"""Requests that ask alike at once, and writes and cancels between them."""

import asyncio
from functools import partial

from graph.http.accept import JSON
from tests.asgi_exchange import until
from tests.graph.responses.server import RAW, Server, Writes, admitted, body, open_cache


async def test_those_who_ask_at_once_wait_for_the_first(writes: Writes) -> None:
    """Twenty at once are one execution."""
    server = Server()
    cache = open_cache(server, writes)
    server.gate.clear()
    asking = [asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute)) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    server.gate.set()
    assert {body(answer) for answer in await asyncio.gather(*asking)} == {b'{"data":{"public":"1"}}'}
    assert (server.executions, cache.counts.joined, cache._flights) == (1, 19, {})


async def test_a_write_during_the_execution_keeps_the_answer_off_the_shelf(writes: Writes) -> None:
    """Whoever asked gets what was read; nobody else does, not even those who waited."""
    server = Server()
    cache = open_cache(server, writes)
    server.gate.clear()
    asking = [asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute)) for _ in range(2)]
    await asyncio.sleep(0)
    writes.write("t:1")
    server.gate.set()
    answers = await asyncio.gather(*asking)
    assert [body(answer) for answer in answers] == [b'{"data":{"public":"1"}}', b'{"data":{"public":"2"}}']
    assert cache.find(RAW, JSON) is None


async def test_a_leader_that_is_cancelled_is_followed_by_one(writes: Writes) -> None:
    """Its client left: one of those who waited executes, and the others wait for that, however often it happens."""
    server = Server()
    cache = open_cache(server, writes)
    server.gate.clear()
    asking = [asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute)) for _ in range(20)]
    for number, leader in enumerate(asking[:3], 1):
        await until(partial(server.has_executed, number))
        leader.cancel()
    await until(partial(server.has_executed, 4))
    server.gate.set()
    assert {body(answer) for answer in await asyncio.gather(*asking[3:])} == {b'{"data":{"public":"4"}}'}
    assert (server.executions, cache._flights) == (4, {})


async def test_a_slow_leader_is_waited_for_no_longer_than_agreed(writes: Writes) -> None:
    """After that the follower executes for itself, and the leader still ends well."""
    server = Server()
    cache = open_cache(server, writes, wait=0.0)
    server.gate.clear()
    leader = asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute))
    await asyncio.sleep(0)
    follower = asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute))
    await until(lambda: server.executions == 2)
    server.gate.set()
    assert body(await leader) != body(await follower)
