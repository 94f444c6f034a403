"""Floods: at every level what is worthless never drives out what is not."""

import hashlib

from graph.documents.admission import _REMEMBERED_DOCUMENTS, _REMEMBERED_REFUSALS, Documents
from graph.documents.registered import Registered, registered
from graph.documents.request import OperationRequest
from ops.settings import Limits
from storage.automatic_documents import TEXTS, USES, AutomaticDocuments
from storage.redis import RedisState
from tests.graph.documents.market import documents as market
from tests.graph.rest.serving import served
from tests.http_client import codes

GOOD = "query Good { __typename }"
HASH = hashlib.sha256(GOOD.encode()).hexdigest()


def hashed(query: str) -> dict[str, object]:
    """Return a query with its hash, as Apollo Client registers it."""
    digest = hashlib.sha256(query.encode()).hexdigest()
    return {"query": query, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}


async def test_bad_documents_evict_no_good_ones(plain_database_url: str, redis_url: str) -> None:
    """More refused documents than either memory holds, each with its right hash: the good one is found by its hash."""
    async with served(plain_database_url, redis_url) as api:
        await api.client.post(hashed(GOOD))
        for start in range(0, max(_REMEMBERED_DOCUMENTS, _REMEMBERED_REFUSALS) + 100, 10):
            bad = [hashed(f"query Bad {{ nope{number} }}") for number in range(start, start + 10)]
            await api.client.post(bad)
        by_hash = {"extensions": hashed(GOOD)["extensions"]}
        assert (await api.client.post(by_hash)).json() == {"data": {"__typename": "Query"}}
        async with served(plain_database_url, redis_url) as other:
            assert (await other.client.post(by_hash)).json() == {"data": {"__typename": "Query"}}
            unknown = {"extensions": hashed("query Bad { nope7 }")["extensions"]}
            assert codes(await other.client.post(unknown)) == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_unknown_hashes_leave_nothing(plain_database_url: str, redis_url: str) -> None:
    """Asking for what nobody sent takes no memory, here or in Redis."""
    async with served(plain_database_url, redis_url) as api:
        for start in range(0, 500, 10):
            asked = [
                {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": f"{number:064x}"}}}
                for number in range(start, start + 10)
            ]
            await api.client.post(asked)
        client = api.redis.client
        assert client is not None
        assert await client.exists(TEXTS, USES) == 0


def test_valid_documents_evict_no_registered_ones() -> None:
    """A flood of documents that may run drives out only its own kind: a registered one is not even parsed again."""
    known = Registered()
    known.replace([registered("good", None, GOOD)])
    documents = Documents(market().schema, Limits(), introspection=False, suggestions=False, registered=known)
    first = documents.check(GOOD)
    for number in range(_REMEMBERED_DOCUMENTS + 100):
        documents.admit(OperationRequest(f"query Flood{number} {{ __typename }}"), allow_mutations=False)
    assert documents.check(GOOD) is first
    assert documents.recall(hashlib.sha256(b"query Flood0 { __typename }").digest()) is None


async def test_refused_kinds_never_reach_redis(plain_database_url: str, redis_url: str) -> None:
    """Too deep, too costly, too long, of no schema, with variables that do not fit: none is there afterwards."""
    deep = 'query Deep { stock(symbol: "A") ' + "{ mentions { nodes { stock " * 6 + "{ id }" + " } } }" * 6 + " }"
    costly = "query Costly { stocks(first: 100) { nodes { mentions(first: 100) { nodes { id } } } } }"
    long = "query Long { __typename }" + " " * 200_000
    unfit = "query Unfit($n: Int!) { stocks(first: $n) { nodes { id } } }"
    async with served(plain_database_url, redis_url) as api:
        for query in (deep, costly, long, unfit, "nonsense"):
            answer = await api.client.post(hashed(query))
            assert "errors" in answer.json(), query[:40]
        shelf = AutomaticDocuments(RedisState(api.redis.client))
        for query in (deep, costly, long, unfit, "nonsense"):
            assert await shelf.find(hashlib.sha256(query.encode()).hexdigest()) is None
