"""Apollo's protocol on every way in: GET and POST, batches, event streams, sockets."""

import hashlib
import json
from typing import Any

import pytest

from storage.add_documents import NewDocument
from tests.asgi_exchange import exchange, socket_scope
from tests.graph.rest.serving import Served, served
from tests.http_client import JSON, codes

QUERY = 'query Name { stock(symbol: "S003") { name } }'
DATA = {"data": {"stock": {"name": "Company 003 Incorporated"}}}


def extension(query: str = QUERY) -> dict[str, Any]:
    """Return the extension with a query's hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}


async def get(api: Served, **parameters: Any) -> Any:
    """Ask by GET."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    return await api.client.send("GET", params=texts, headers={"apollo-require-preflight": "1", "accept": JSON})


@pytest.mark.parametrize("registering", ["POST", "GET"])
async def test_hash_then_query_then_hash(plain_market_url: str, redis_url: str, registering: str) -> None:
    """A miss is 200, coded, never stored by a cache; after one request with both, the hash is enough everywhere."""
    async with served(plain_market_url, redis_url) as api, served(plain_market_url, redis_url) as other:
        for miss in (await api.client.post({"extensions": extension()}), await get(api, extensions=extension())):
            assert (miss.status_code, codes(miss)) == (200, ["PERSISTED_QUERY_NOT_FOUND"])
            assert miss.json()["errors"][0]["message"] == "PersistedQueryNotFound"
            assert miss.headers["cache-control"] == "no-store"
        if registering == "GET":
            kept = await get(api, query=QUERY, extensions=extension())
        else:
            kept = await api.client.post({"query": QUERY, "extensions": extension()})
        assert kept.json() == DATA
        for server in (api, other):
            assert (await server.client.post({"extensions": extension()})).json() == DATA
            assert (await get(server, extensions=extension())).json() == DATA


async def test_a_mismatch_is_told(plain_market_url: str, redis_url: str) -> None:
    """The query does not run, and its hash stays unknown."""
    wrong = extension("another query")
    async with served(plain_market_url, redis_url) as api:
        refused = await api.client.post({"query": QUERY, "extensions": wrong})
        assert (refused.status_code, codes(refused)) == (400, ["PERSISTED_QUERY_MISMATCH"])
        assert codes(await api.client.post({"extensions": wrong})) == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_in_a_batch(plain_market_url: str, redis_url: str) -> None:
    """Each request of a batch on its own, in order: a miss, a query that is kept, and its hash."""
    async with served(plain_market_url, redis_url) as api:
        both = {"query": QUERY, "extensions": extension()}
        answer = await api.client.post([{"extensions": extension()}, both, {"extensions": extension()}])
    miss, kept, found = answer.json()
    assert miss["errors"][0]["message"] == "PersistedQueryNotFound"
    assert (kept, found) == (DATA, DATA)


async def test_over_an_event_stream(plain_market_url: str, redis_url: str) -> None:
    """A stream carries the result of a hash; a miss is an ordinary JSON answer."""
    async with served(plain_market_url, redis_url) as api:
        miss = await api.client.post({"extensions": extension()}, accept="text/event-stream")
        assert codes(miss) == ["PERSISTED_QUERY_NOT_FOUND"]
        await api.client.post({"query": QUERY, "extensions": extension()})
        stream = await api.client.post({"extensions": extension()}, accept="text/event-stream")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert '"Company 003 Incorporated"' in stream.text


async def test_over_a_socket(plain_market_url: str, redis_url: str) -> None:
    """A miss is an `error` for its id, and the socket goes on."""
    async with served(plain_market_url, redis_url) as api, exchange(api.app, socket_scope()) as socket:
        socket.send({"type": "websocket.connect"})
        assert (await socket.next())["type"] == "websocket.accept"
        socket.say({"type": "connection_init"})
        assert (await socket.heard())["type"] == "connection_ack"
        heard = []
        for number, payload in enumerate(
            ({"extensions": extension()}, {"query": QUERY, "extensions": extension()}, {"extensions": extension()})
        ):
            socket.say({"type": "subscribe", "id": str(number), "payload": payload})
            message = await socket.heard()
            heard.append(message)
            if message["type"] == "next":
                assert (await socket.heard())["type"] == "complete"
        socket.say({"type": "subscribe", "id": "3", "payload": {"documentId": "nope"}})
        unknown = await socket.heard()
    assert (unknown["type"], unknown["payload"][0]["extensions"]["code"]) == ("error", "DOCUMENT_NOT_FOUND")
    assert [message["type"] for message in heard] == ["error", "next", "next"]
    assert heard[0]["payload"][0]["message"] == "PersistedQueryNotFound"
    assert heard[2]["payload"] == DATA


@pytest.mark.parametrize("path", ["extensions", "documentId", "doc_id"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_registered_by_every_name(plain_database_url: str, path: str, method: str) -> None:
    """A registered document is found by Apollo's extension, the draft's `documentId` and Relay's `doc_id`."""
    digest = hashlib.sha256(QUERY.encode()).hexdigest()
    async with served(plain_database_url, documents="trusted") as api:
        await api.register(NewDocument(f"sha256:{digest}", None, QUERY, digest, "web", "1"))
        members: dict[str, Any] = {"extensions": extension()} if path == "extensions" else {path: digest}
        answer = await get(api, **members) if method == "GET" else await api.client.post(members)
        assert answer.json() == {"data": {"stock": None}}
        refused = await api.client.post({"query": "{ __typename }"})
        assert (refused.status_code, codes(refused)) == (403, ["DOCUMENT_NOT_TRUSTED"])
