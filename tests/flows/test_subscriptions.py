"""Subscriptions over sockets, on real servers: what arrives, in which order, executed how often."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.settings import Settings
from storage.deadline import Deadline
from storage.event_items import TrendingEvent
from storage.session import Session
from storage.terms import Timeframe
from storage.trending import store
from tests.flows.subscribers import MENTIONS, QUOTES, TRENDING, Served, served, subscriber, until_joined


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Served]:
    """The API over each back end in turn."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    async with served(settings.database_url.get_secret_value(), settings.redis_url.get_secret_value()) as opened:
        yield opened


def texts(*updates: dict[str, dict[str, str]]) -> list[str]:
    """Return the numbers of the posts in updates."""
    return [update["mention"]["text"].split()[1] for update in updates]


async def test_quotes_come_at_once_and_when_they_change(api: Served) -> None:
    """Each followed stock as it stands, then the one that changed; one that nobody follows says nothing."""
    await api.price("AAPL", 10.0)
    async with subscriber(api) as client:
        client.subscribe(QUOTES, symbols=["msft", "AAPL"])
        first = {update["stock"]["symbol"]: update["quote"] for update in [await client.update() for _ in range(2)]}
        assert first == {"AAPL": {"price": 10.0}, "MSFT": None}
        await api.price("NVDA", 1.0)
        await api.price("MSFT", 20.0)
        update = await client.update()
        assert (update["stock"], update["quote"], update["gap"]) == ({"symbol": "MSFT"}, {"price": 20.0}, None)


async def test_a_trending_list_comes_at_once_and_with_every_snapshot(api: Served) -> None:
    """The event comes after the snapshot, so what is read then is that snapshot."""
    async with subscriber(api) as client:
        client.subscribe(TRENDING)
        assert (await client.update())["snapshot"] == {"entries": []}
        now = datetime.now(UTC) + timedelta(seconds=1)
        await store(Session(api.database, Deadline.after(10)), Timeframe.HOUR, now)
        await api.publish(TrendingEvent(Timeframe.DAY, now), TrendingEvent(Timeframe.HOUR, now))
        update = await client.update()
        assert (update["snapshot"], update["gap"]) == ({"entries": []}, None)
        await client.silent()


async def test_mentions_come_as_they_are_added_without_sql(api: Served) -> None:
    """In order, of the followed stocks, none from before; the event's own row is enough."""
    await api.mention(0)
    async with subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        before = api.statements
        await api.mention(1, 2)
        await api.mention(3, symbol="MSFT")
        await api.mention(4)
        assert texts(*[await client.update() for _ in range(3)]) == ["1", "2", "4"]
        assert api.statements == before


async def test_a_cursor_brings_what_was_missed_and_nothing_twice(api: Served) -> None:
    """More than a page of the past, then the present, each once and in order."""
    async with subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        await api.mention(0)
        cursor = (await client.update())["cursor"]
    await api.mention(*range(1, 700))
    await api.mention(700, symbol="MSFT")
    async with subscriber(api) as client:
        client.subscribe(MENTIONS, symbols=["AAPL"], after=cursor)
        heard = [await client.update()]
        await api.mention(701, 702)
        heard += [await client.update() for _ in range(700)]
        assert texts(*heard) == [*map(str, range(1, 700)), "701", "702"]
        await client.silent()


@pytest.mark.parametrize("document", [QUOTES, TRENDING])
async def test_a_cursor_of_a_state_brings_the_newest(api: Served, document: str) -> None:
    """Whatever came between, the newest state is all there is to know, and no gap is told."""
    variables: dict[str, Any] = {"symbols": ["AAPL"]} if document is QUOTES else {}
    await api.price("AAPL", 1.0)
    await api.publish(TrendingEvent(Timeframe.HOUR, datetime.now(UTC)))
    async with subscriber(api) as client:
        client.subscribe(document, **variables)
        cursor = (await client.update())["cursor"]
    for price in range(2, 5):
        await api.price("AAPL", float(price))
    async with subscriber(api) as client:
        client.subscribe(document, **variables, after=cursor)
        update = await client.update()
        assert update["gap"] is None
        assert update.get("quote", {"price": 4.0}) == {"price": 4.0}
        await client.silent()


async def test_equal_operations_are_executed_once(api: Served) -> None:
    """Twenty subscribers, one of them resuming: one context per event, the same answer for all."""
    async with AsyncExitStack() as open_sockets:
        clients = [await open_sockets.enter_async_context(subscriber(api)) for _ in range(20)]
        for client in clients[:-1]:
            client.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 19)
        await api.mention(0)
        first = [await client.update() for client in clients[:-1]]
        clients[-1].subscribe(MENTIONS, symbols=["AAPL"], after=first[0]["cursor"])
        await until_joined(api, 20)
        assert api.hub.groups == 1
        before = len(api.contexts)
        await api.mention(1)
        heard = [await client.update() for client in clients]
        assert all(update == heard[0] for update in heard)
        assert len(api.contexts) == before + 1


async def test_one_cursor_is_nobody_elses(api: Served) -> None:
    """Who joins the group of one that resumed starts with what is new, and is told none of the other's past."""
    async with subscriber(api) as one:
        one.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 1)
        await api.mention(0, 1)
        cursor = (await one.update())["cursor"]
    async with subscriber(api) as one, subscriber(api) as two:
        one.subscribe(MENTIONS, symbols=["AAPL"], after=cursor)
        assert texts(await one.update()) == ["1"]
        two.subscribe(MENTIONS, symbols=["AAPL"])
        await until_joined(api, 2)
        await api.mention(2)
        assert texts(await two.update()) == ["2"]


async def test_who_comes_later_gets_the_state_without_an_execution(api: Served) -> None:
    """What the group last sent is the state; other arguments are another group."""
    await api.price("AAPL", 10.0)
    async with subscriber(api) as one, subscriber(api) as two:
        one.subscribe(QUOTES, symbols=["AAPL"])
        update = await one.update()
        before = len(api.contexts)
        two.subscribe(QUOTES, symbols=["AAPL"])
        assert await two.update() == update
        assert len(api.contexts) == before
        two.subscribe(QUOTES, "other", symbols=["MSFT"])
        assert (await two.update())["stock"] == {"symbol": "MSFT"}
        assert api.hub.groups == 2
    await until_joined(api, 0)
    assert api.hub.groups == 0


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"symbols": ["AAPL", "NOPE"]}, "UNKNOWN_SYMBOL"),
        ({"symbols": []}, "BAD_ARGUMENT"),
        ({"symbols": ["AAPL"] * 251}, "BAD_ARGUMENT"),
        ({"symbols": ["AAPL"], "after": "junk"}, "BAD_CURSOR"),
    ],
)
async def test_bad_arguments_are_refused(api: Served, variables: dict[str, Any], code: str) -> None:
    """The subscription ends with a code, before anything is followed."""
    async with subscriber(api) as client:
        client.subscribe(QUOTES, **variables)
        assert (await client.error())["code"] == code
        assert api.hub.groups == 0


async def test_a_cursor_of_another_field_is_refused(api: Served) -> None:
    """A place in the stream of quotes says nothing about mentions."""
    async with subscriber(api) as client:
        client.subscribe(QUOTES, symbols=["AAPL"])
        cursor = (await client.update())["cursor"]
        client.subscribe(MENTIONS, "m", symbols=["AAPL"], after=cursor)
        assert (await client.error())["code"] == "BAD_CURSOR"
