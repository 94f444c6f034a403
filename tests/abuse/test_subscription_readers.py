"""Subscribers that read slowly, fall silent, or meet a database that is away: what each of them gets."""

from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from tests.asgi_exchange import until, with_lifespan
from tests.bench.socket_clients import connect, hang_up, subscribe_message
from tests.flows.subscribers import MENTIONS, QUOTES, served, subscriber, until_joined
from tests.live_server import live
from tests.unix_relay import relayed

PUBLISHED = 300


async def test_a_slow_reader_of_mentions_has_one_gap_that_counts(plain_database_url: str, redis_url: str) -> None:
    """Read and dropped mentions are all that were published; then the stream goes on; the fast one has them all."""
    async with (
        served(plain_database_url, redis_url, subscriber_backlog=5) as api,
        subscriber(api) as slow,
        subscriber(api) as fast,
    ):
        for client in (slow, fast):
            client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 2)
        slow.played.reading.clear()
        for number in range(PUBLISHED):
            await api.mention(number)
            assert (await fast.update())["mention"]["text"].startswith(f"Post {number} ")
        slow.played.reading.set()
        heard = [await slow.update()]
        while heard[-1]["gap"] is None:
            heard.append(await slow.update())
        await api.mention(PUBLISHED)
        after = await slow.update()
    numbers = [int(update["mention"]["text"].split()[1]) for update in heard[:-1]]
    assert numbers == list(range(len(numbers)))
    assert heard[-1]["gap"]["dropped"] == PUBLISHED - len(numbers) > 0
    assert after["mention"]["text"].startswith(f"Post {PUBLISHED} ")


async def test_a_slow_reader_of_quotes_skips_to_the_newest(plain_database_url: str, redis_url: str) -> None:
    """States between are not worth reading; prices only rise, the last is the newest, and no gap is told."""
    async with served(plain_database_url, redis_url) as api, subscriber(api) as slow, subscriber(api) as fast:
        for client in (slow, fast):
            client.subscribe(QUOTES, symbols=["AAPL"])
            await client.update()
        slow.played.reading.clear()
        for price in range(1, 100):
            await api.price("AAPL", float(price))
            assert (await fast.update())["quote"]["price"] == price
        slow.played.reading.set()
        heard = [await slow.update()]
        while heard[-1]["quote"]["price"] != 99.0:
            heard.append(await slow.update())
        await slow.silent()
    prices = [update["quote"]["price"] for update in heard]
    assert all(before < after for before, after in pairwise(prices))
    assert len(prices) < 50
    assert all(update["gap"] is None for update in heard)


async def test_a_database_that_is_away_fails_one_event(plain_database_url: str, redis_url: str, tmp_path: Path) -> None:
    """The event says so at its path; the next ones are answered, and who joins then is not given the failure."""
    async with AsyncExitStack() as opened:
        url, relay = await opened.enter_async_context(relayed(plain_database_url, tmp_path))
        api = await opened.enter_async_context(served(url, redis_url))
        client = await opened.enter_async_context(subscriber(api))
        later = await opened.enter_async_context(subscriber(api))
        await api.price("AAPL", 1.0)
        client.subscribe(QUOTES, symbols=["AAPL"])
        await client.update()
        await relay.cut()
        await api.redis_only("AAPL")
        failed = (await client.played.heard())["payload"]
        assert {error["extensions"]["code"] for error in failed["errors"]} == {"UNAVAILABLE"}
        await relay.mend()
        later.subscribe(QUOTES, symbols=["AAPL"])
        while "errors" in (message := await later.played.heard())["payload"]:
            later.played.say({"type": "complete", "id": "s"})
            later.subscribe(QUOTES, symbols=["AAPL"])
        assert message["payload"]["data"]["quoteUpdated"]["quote"] == {"price": 1.0}


@pytest.mark.parametrize("subscribers", [20])
async def test_half_open_sockets_are_found_out(plain_database_url: str, redis_url: str, subscribers: int) -> None:
    """Clients that do not answer pings are dropped, and with them their subscriptions and groups."""
    deadlines = {"socket_ping": 1.0}
    async with served(plain_database_url, redis_url, deadlines=deadlines) as api:
        await api.price("AAPL", 1.0)
        async with live(with_lifespan(api.app), api.drain, api.settings) as server:
            message = subscribe_message(QUOTES, {"symbols": ["AAPL"]})
            clients = await connect(server.host, server.port, subscribers, message)
            assert api.hub.members == subscribers
            for client in clients:
                client.fall_silent()
            await until(lambda: api.hub.members == 0)
            assert api.hub.groups == 0
            await hang_up(clients)


async def test_a_burst_over_many_operations_lets_queries_through(plain_database_url: str, redis_url: str) -> None:
    """Twenty operations that all ask differently, 500 mentions each: a query is answered before they are through."""
    operations, mentions = 20, 500
    async with (
        served(plain_database_url, redis_url, subscriber_backlog=mentions) as api,
        subscriber(api) as client,
        subscriber(api) as other,
    ):
        for number in range(operations):
            client.subscribe(MENTIONS.replace("cursor", f"c{number}: cursor"), str(number), symbols=["AAPL"])
        await until_joined(api, operations)
        assert api.hub.groups == operations
        api.contexts.clear()
        await api.mention(*range(mentions))
        await client.update()
        other.subscribe('{ stock(symbol: "AAPL") { symbol } }')
        assert await other.update() == {"symbol": "AAPL"}
        assert len(api.contexts) < operations * mentions
        heard = [await client.update() for _ in range(operations * mentions - 1)]
        assert all(update["gap"] is None for update in heard)
