"""Event streams: graphql-sse's distinct connections mode, and every way in which one ends."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from tests.asgi_exchange import PATIENCE, Exchange, exchange, http_scope
from tests.graph.http.sample import UNSEEN, Sample, make_sample
from tests.http_client import EVENT_STREAM, Client, codes

COMPLETE = "event: complete\ndata:\n\n"


async def test_a_subscription_streams_next_events_and_completes(client: Client) -> None:
    """Each result is a `next` event, the end a `complete` event, and no proxy may hold them back."""
    response = await client.query("subscription { count(to: 2) }", accept=EVENT_STREAM)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.text == (
        'event: next\ndata: {"data":{"count":0}}\n\nevent: next\ndata: {"data":{"count":1}}\n\n' + COMPLETE
    )


async def test_a_subscription_whose_accept_excludes_streams_is_406(client: Client, sample: Sample) -> None:
    """It does not run as a query."""
    response = await client.query("subscription { count }", accept="application/json")
    assert (response.status_code, codes(response)) == (406, ["NOT_ACCEPTABLE"])
    assert sample.witness.contexts == []


async def test_a_query_streams_only_where_that_is_preferred(client: Client) -> None:
    """Preferred: one `next` and `complete`. Merely named beside JSON, as urql does: JSON."""
    streamed = await client.query("{ hello }", accept="text/event-stream, application/json;q=0.5")
    plain = await client.query("{ hello }", accept="text/event-stream, application/json")
    assert streamed.text == 'event: next\ndata: {"data":{"hello":"hello world"}}\n\n' + COMPLETE
    assert plain.json() == {"data": {"hello": "hello world"}}


async def test_a_refused_subscription_is_an_ordinary_error(client: Client) -> None:
    """What never started has a status of its own, not a stream."""
    response = await client.query("subscription { nope }", accept=EVENT_STREAM)
    assert codes(response) == ["VALIDATION_FAILED"]
    assert response.headers["content-type"].startswith("application/json")


async def test_a_breaking_source_ends_its_stream_masked(client: Client) -> None:
    """The event before the failure arrives, then a masked error, then the end."""
    text = (await client.query("subscription { breaking }")).text
    assert text.startswith('event: next\ndata: {"data":{"breaking":0}}\n\n')
    assert '"INTERNAL"' in text
    assert UNSEEN not in text
    assert text.endswith(COMPLETE)


async def test_every_event_has_a_context_of_its_own(client: Client, sample: Sample) -> None:
    """A loader that outlived its event would answer with old rows; and every context is closed."""
    text = (await client.query("subscription { seen(to: 3) { context } }")).text
    seen = [msgspec.json.decode(line[6:])["data"]["seen"]["context"] for line in text.splitlines() if "{" in line]
    assert seen == [1, 2, 3]
    assert all(context.closed for context in sample.witness.contexts)


async def test_a_client_that_leaves_closes_the_source() -> None:
    """Nobody reads: the generator behind the subscription is closed at once."""
    sample = make_sample()
    async with streaming(sample, "subscription { endless }") as played:
        await played.next()
        await sample.witness.started.wait()
        played.send({"type": "http.disconnect"})
        await played.ended()
    assert sample.witness.source_closed.is_set()


async def test_silence_is_broken_by_comments() -> None:
    """Proxies close what seems dead."""
    sample = make_sample(deadlines={"heartbeat": 0.05})
    async with streaming(sample, "subscription { endless }") as played:
        while (await played.next()).get("body") != b":\n\n":
            pass


async def test_the_drain_ends_open_streams_without_complete() -> None:
    """Clients take `complete` for the end; without it they come back, when `retry` says. The source is closed."""
    sample = make_sample()
    async with streaming(sample, "subscription { endless }") as played:
        await sample.witness.started.wait()
        sample.drain.begin()
        while (message := await played.next()).get("more_body", True):
            pass
        await played.ended()
        assert re.fullmatch(r"retry: \d+\n\n", message["body"].decode())
    assert sample.witness.source_closed.is_set()
    assert await sample.drain.wait_empty(PATIENCE)


async def test_the_drain_lets_a_streamed_query_finish() -> None:
    """It has an end of its own: its result is sent, not cut."""
    sample = make_sample(deadlines={"operation": 0.2})
    async with streaming(sample, "{ hello slow }") as played:
        await sample.witness.started.wait()
        sample.drain.begin()
        sent = b""
        while (message := await played.next()).get("more_body", True):
            sent += message.get("body", b"")
    assert b'"hello":"hello world"' in sent


async def test_a_page_of_ours_may_subscribe_by_get(client: Client) -> None:
    """EventSource sends GET and can set no header; the browser's own word that the page is ours is enough."""
    headers = {"accept": EVENT_STREAM, "sec-fetch-site": "same-origin"}
    params = {"query": "subscription { count(to: 1) }"}
    assert (await client.send("GET", params=params, headers=headers)).text.endswith(COMPLETE)
    foreign = await client.send("GET", params=params, headers=headers | {"sec-fetch-site": "cross-site"})
    assert codes(foreign) == ["CSRF_BLOCKED"]


async def test_a_reader_that_stalls_is_given_up() -> None:
    """Past the send deadline the stream ends, although the client neither reads nor leaves."""
    sample = make_sample(deadlines={"send": 0.05})
    async with streaming(sample, "subscription { flood }") as played:
        await played.next()
        played.reading.clear()
        await played.ended()
    assert sample.witness.source_closed.is_set()


async def test_a_query_ends_when_its_client_leaves() -> None:
    """Execution is cancelled, down to the resolver that waits, and its context is closed."""
    sample = make_sample()
    async with streaming(sample, "{ slow }", accept="application/json") as played:
        await sample.witness.started.wait()
        played.send({"type": "http.disconnect"})
        await played.ended()
    async with asyncio.timeout(PATIENCE):
        await sample.witness.cancelled.wait()
    assert sample.witness.contexts[0].closed


@asynccontextmanager
async def streaming(sample: Sample, document: str, accept: str = EVENT_STREAM) -> AsyncIterator[Exchange]:
    """Play a POST of one document."""
    async with exchange(sample.app(), http_scope(content_type="application/json", accept=accept)) as played:
        played.send({"type": "http.request", "body": msgspec.json.encode({"query": document})})
        yield played
