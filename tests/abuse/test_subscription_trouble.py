"""Trouble inside the hub: stores that hang, entries that are broken, executions that fail in ways nobody thought of."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import msgspec
import pytest

from graph.events.lanes import EXECUTIONS
from loaders.context import RequestContext
from storage.event_items import MentionEvent
from storage.events import EVENT_STREAMS
from tests.asgi_exchange import until
from tests.flows.subscribers import MENTIONS, QUOTES, SYMBOLS, Served, served, subscriber, until_joined
from tests.graph.events.mentions import mention


async def test_a_hanging_database_holds_up_nobody_who_needs_none(plain_database_url: str, redis_url: str) -> None:
    """More groups wait for quotes than may execute at once; mentions come as ever, and quotes when they can be read."""
    async with AsyncExitStack() as opened:
        api = await opened.enter_async_context(served(plain_database_url, redis_url, deadlines={"operation": 300.0}))
        quotes = await opened.enter_async_context(subscriber(api))
        mentions = await opened.enter_async_context(subscriber(api))
        aliases = [f"q{number}" for number in range(6)]
        for alias in aliases:
            quotes.subscribe(QUOTES.replace("cursor", f"{alias}: cursor"), alias, symbols=["AAPL"])
            await quotes.update()
        mentions.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, len(aliases) + 1)
        api.contexts.clear()
        async with _locked(plain_database_url, "quotes"):
            await api.redis_only("AAPL")
            await until(lambda: len(api.contexts) == EXECUTIONS and api.statements > 0)
            await api.mention(0, 1)
            for number in (0, 1):
                assert (await mentions.update())["mention"]["text"].startswith(f"Post {number} ")
            assert len(api.contexts) == EXECUTIONS + 2
        assert {(await quotes.played.heard())["id"] for _ in aliases} == set(aliases)


@asynccontextmanager
async def _locked(database_url: str, table: str) -> AsyncIterator[None]:
    """Let nobody read a table."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def test_a_process_that_is_full_says_so(plain_database_url: str, redis_url: str) -> None:
    """However many sockets there are; a place that was left is free again, and queries need none."""
    async with (
        served(plain_database_url, redis_url, limits={"subscriptions": 2}) as api,
        subscriber(api) as one,
        subscriber(api) as other,
    ):
        one.subscribe(MENTIONS, symbols=["AAPL"])
        other.subscribe(QUOTES, "q", symbols=["AAPL"])
        await other.update()
        other.subscribe(MENTIONS, symbols=["AAPL"])
        assert await other.error() == {"code": "TOO_MANY_OPERATIONS", "retryable": True}
        other.subscribe('{ stock(symbol: "AAPL") { symbol } }', "query")
        assert await other.update() == {"symbol": "AAPL"}
        one.played.say({"type": "complete", "id": "s"})
        await until_joined(api, 1)
        one.subscribe(QUOTES, symbols=["AAPL"])
        await one.update()


async def test_text_that_is_no_text_is_a_gap_of_one(plain_database_url: str, redis_url: str) -> None:
    """Bytes that are not UTF-8 spoil their own entry, and none that came with it."""
    async with served(plain_database_url, redis_url) as api, subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        await api.mention(0)
        await client.update()
        raw = msgspec.msgpack.encode(MentionEvent(mention(1)))
        await _append(api, raw.replace(b"Post 1", b"Post \xff"), msgspec.msgpack.encode(MentionEvent(mention(2))))
        assert (await client.update())["gap"]["dropped"] == 1
        assert (await client.update())["mention"]["text"].startswith("Post 2 ")


async def _append(api: Served, *raw: bytes) -> None:
    """Add entries that one read finds together."""
    assert api.redis.client is not None
    last = api.hub.position(MentionEvent)
    assert last is not None
    async with api.redis.client.pipeline(transaction=True) as pipeline:
        for number, event in enumerate(raw, last.number + 1):
            entry_id = f"{last.milliseconds + 1}-{number}"
            pipeline.xadd(EVENT_STREAMS[MentionEvent], {"of": "AAPL", "event": event}, id=entry_id)
        await pipeline.execute()


async def test_an_execution_that_breaks_is_one_masked_error(
    plain_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even outside every field: all members are told, and the group goes on."""

    async def broken(_: RequestContext) -> None:
        raise RuntimeError("nobody thought of this")

    async with served(plain_database_url, redis_url) as api, subscriber(api) as one, subscriber(api) as other:
        for client in (one, other):
            client.subscribe(MENTIONS, symbols=[SYMBOLS[0]])
        await until_joined(api, 2)
        with monkeypatch.context() as patched:
            patched.setattr(RequestContext, "aclose", broken)
            await api.mention(0)
            for client in (one, other):
                (error,) = (await client.played.heard())["payload"]["errors"]
                assert error["extensions"]["code"] == "INTERNAL"
                assert "nobody" not in error["message"]
        await api.mention(1)
        for client in (one, other):
            assert (await client.update())["mention"]["text"].startswith("Post 1 ")
