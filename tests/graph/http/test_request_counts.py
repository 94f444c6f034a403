"""Every answer is counted once, under its method, its route and the status that went over the wire."""

import asyncio
from collections import Counter

import pytest

from ops.metrics import Metrics
from tests.asgi_exchange import PATIENCE, exchange, http_scope, socket_scope, until
from tests.graph.http.door import Door
from tests.graph.http.sample import make_sample
from tests.graph.http.served import Served, served, whole
from tests.graph.http.test_ready_answers import get, post, said
from tests.http_client import EVENT_STREAM, client_of

Told = dict[tuple[str, str, str], float]
BODY_BYTES = 2_000


def told(metrics: Metrics, name: str = "api_requests_total") -> Told:
    """Return what was counted, by method, endpoint and status; of the histogram by method and endpoint."""
    return {
        (sample.labels["method"], sample.labels["endpoint"], sample.labels.get("status", "")): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == name and sample.value
    }


def errors(metrics: Metrics) -> dict[tuple[str, str], float]:
    """Return the errors that were counted, by code and component."""
    return {(code, component): count for (code, component), count in metrics.errors.values.items()}


async def counted(metrics: Metrics, expected: Told) -> None:
    """Wait until so much was counted, and nothing else."""
    await until(lambda: told(metrics) == expected)


def asking(document: str, *headers: bytes) -> bytes:
    """Return the bytes of a POST of a document."""
    return post(b"accept: application/graphql-response+json", *headers, body=b'{"query": "%b"}' % document.encode())


async def status_of(door: Served, packet: bytes) -> int:
    """Send one request on a connection of its own, and return the status of what comes back."""
    reader, writer = await door.connect()
    writer.write(packet)
    async with asyncio.timeout(PATIENCE):
        line = await reader.readline()
    writer.close()
    return int(line.split()[1])


REQUESTS = [
    (asking("{ hello }"), 200, ("POST", "/graphql")),
    (asking("{"), 400, ("POST", "/graphql")),
    (asking("{ unavailable }"), 503, ("POST", "/graphql")),
    (post(b"accept: image/png", body=b'{"query": "{ hello }"}'), 406, ("POST", "/graphql")),
    (post(body=b"x" * (BODY_BYTES + 1)), 413, ("POST", "/graphql")),
    (post(body=b"{}").replace(b"application/json", b"text/html"), 415, ("POST", "/graphql")),
    (b"OPTIONS /graphql HTTP/1.1\r\nhost: test\r\n\r\n", 204, ("OPTIONS", "/graphql")),
    (b"DELETE /graphql HTTP/1.1\r\nhost: test\r\n\r\n", 405, ("DELETE", "/graphql")),
    (b"PROPFIND /graphql HTTP/1.1\r\nhost: test\r\n\r\n", 405, ("other", "/graphql")),
    (b"GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: test\r\n\r\n", 403, ("GET", "/graphql")),
    (b"GET /livez HTTP/1.1\r\nhost: test\r\n\r\n", 200, ("GET", "/livez")),
    (b"HEAD /readyz HTTP/1.1\r\nhost: test\r\n\r\n", 200, ("HEAD", "/readyz")),
    (b"GET /nowhere HTTP/1.1\r\nhost: test\r\n\r\n", 404, ("GET", "other")),
    (b"GET /api/v1/stocks/AAPL/nothing HTTP/1.1\r\nhost: test\r\n\r\n", 404, ("GET", "other")),
    (
        b"PUT /api/v1/stocks/BRK/B/details HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n",
        405,
        ("PUT", "/api/v1/stocks/{symbol}/details"),
    ),
    (b"GET /documents/of/nobody HTTP/1.1\r\nhost: test\r\n\r\n", 503, ("GET", "/documents/{document}")),
]


async def test_counts_are_exact_after_known_requests() -> None:
    """Each status that a client saw is counted once, and timed once; nothing else is."""
    async with served(make_sample(limits={"body_bytes": BODY_BYTES})) as door:
        expected: Counter[tuple[str, str, str]] = Counter()
        for packet, status, (method, endpoint) in REQUESTS:
            assert await status_of(door, packet) == status, packet
            expected[method, endpoint, str(status)] += 1
        metrics = door.sample.metrics
        assert told(metrics) == expected
        timed = told(metrics, "api_request_duration_seconds_count")
        assert sum(timed.values()) == len(REQUESTS)
        assert timed["POST", "/graphql", ""] == 6


@pytest.mark.parametrize(
    ("packet", "status", "error"),
    [
        (b"nonsense\r\n\r\n", 400, ("BAD_REQUEST", "client")),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000, 431, ("HEADERS_TOO_LARGE", "client")),
        (b"GET / HTTP/1.1\r\nx: ", 408, ("REQUEST_TIMEOUT", "client")),
    ],
)
async def test_what_never_became_a_request_is_counted_without_a_route(
    packet: bytes, status: int, error: tuple[str, str]
) -> None:
    """It has no method, no endpoint and no time; its status is the one that the client got."""
    async with served(make_sample(deadlines={"headers": 0.2})) as door:
        assert await status_of(door, packet) == status
        assert told(door.sample.metrics) == {("other", "other", str(status)): 1}
        assert told(door.sample.metrics, "api_request_duration_seconds_count") == {}
        assert errors(door.sample.metrics) == {error: 1}


async def test_connections_beyond_the_limit_are_counted() -> None:
    """The one too many is told 503, and the server counts it."""
    async with served(make_sample(limits={"connections": 1})) as door:
        _, writer = await door.connect()
        await until(lambda: door.sample.metrics.presence.count() == 1)
        assert await status_of(door, asking("{ hello }")) == 503
        writer.close()
        assert told(door.sample.metrics) == {("other", "other", "503"): 1}
        assert errors(door.sample.metrics) == {("UNAVAILABLE", "graph"): 1}


async def test_ready_answers_are_counted_like_all_others() -> None:
    """What the server answers without a call, by POST and by GET, is counted under 200, and timed."""
    door = Door()
    async with door.open() as server:
        for _ in range(4):
            await said(server, post(), get(b"graphql-require-preflight: 1"))
    posts, gets, alive = (("POST", "/graphql"), ("GET", "/graphql"), ("GET", "/livez"))
    assert told(door.metrics) == {(*posts, "200"): 4, (*gets, "200"): 4, (*alive, "200"): 4}
    assert door.called.count("POST") == 1
    timed = told(door.metrics, "api_request_duration_seconds_count")
    assert (timed[*posts, ""], timed[*gets, ""]) == (4, 4)


async def test_a_client_that_leaves_is_counted_under_499() -> None:
    """Nobody had an answer, and no status is made up for one. The second time the operation is run at once."""
    async with served(make_sample()) as door:
        witness = door.sample.witness
        for times in (1, 2):
            _, writer = await door.connect()
            writer.write(asking("{ slow }"))
            async with asyncio.timeout(PATIENCE):
                await witness.started.wait()
                writer.transport.abort()
                await witness.cancelled.wait()
            witness.started.clear()
            witness.cancelled.clear()
            await counted(door.sample.metrics, {("POST", "/graphql", "499"): times})
    assert errors(door.sample.metrics) == {("CANCELLED", "client"): 2}


async def test_a_stream_is_counted_as_it_begins() -> None:
    """Its time is that of its first byte: how long clients stay says nothing of us."""
    sample = make_sample()
    async with exchange(sample.app(), http_scope(accept=EVENT_STREAM, content_type="application/json")) as played:
        played.send({"type": "http.request", "body": b'{"query": "subscription { endless }"}', "more_body": False})
        assert (await played.next())["status"] == 200
        assert told(sample.metrics) == {("POST", "/graphql", "200"): 1}


async def test_handshakes_are_requests_and_sockets_are_counted_while_open() -> None:
    """An accepted one is answered with 101, one that is refused with 403."""
    sample = make_sample()
    async with exchange(sample.app(), socket_scope("graphql-transport-ws")) as played:
        played.send({"type": "websocket.connect"})
        assert (await played.next())["type"] == "websocket.accept"
        assert (sample.metrics.presence.sockets, sample.metrics.presence.count()) == (1, 1)
        played.send({"type": "websocket.disconnect", "code": 1001})
        await played.ended()
    nowhere = socket_scope() | {"path": "/nowhere"}
    async with exchange(sample.app(), nowhere) as played:
        played.send({"type": "websocket.connect"})
        assert (await played.next())["type"] == "websocket.close"
    assert told(sample.metrics) == {("GET", "/graphql", "101"): 1, ("GET", "other", "403"): 1}
    assert sample.metrics.presence.sockets == 0


async def test_during_the_drain_refusals_are_counted() -> None:
    """A server that stops says so, and counts it as a fault of its own."""
    sample = make_sample()
    async with client_of(sample.app()) as client:
        sample.drain.begin()
        assert (await client.query("{ hello }")).status_code == 503
    assert told(sample.metrics) == {("POST", "/graphql", "503"): 1}
    assert errors(sample.metrics) == {("UNAVAILABLE", "graph"): 1}


async def test_codes_of_operations_are_counted_with_their_component() -> None:
    """What a client did wrong, what we did, and a store that was away: each once for an operation."""
    sample = make_sample()
    async with client_of(sample.app()) as client:
        await client.query("{ a: refusing b: refusing }")
        await client.query("{ broken }")
        await client.query("{ unavailable }")
        await client.query("{ nope }")
    assert errors(sample.metrics) == {
        ("BAD_ARGUMENT", "client"): 1,
        ("INTERNAL", "graph"): 1,
        ("UNAVAILABLE", "database"): 1,
        ("VALIDATION_FAILED", "client"): 1,
    }


async def test_who_is_connected_is_counted_by_address() -> None:
    """Several connections of one machine are one user; their end does not end it at once."""
    async with served(make_sample()) as door:
        presence = door.sample.metrics.presence
        connections = [await door.connect() for _ in range(3)]
        for reader, writer in connections:
            writer.write(asking("{ hello }"))
            await whole(reader)
        assert presence.count() == 1
        for _, writer in connections:
            writer.close()
        await until(lambda: not presence._open)
        assert presence.count() == 1
