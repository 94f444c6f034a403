"""Texts in Redis under their hash: found again, bounded every way, and missed where Redis cannot be trusted."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as AwayError

from ops.settings import Settings
from storage import automatic_documents
from storage.automatic_documents import TEXTS, USES, AutomaticDocuments, Bounds
from storage.redis import RedisState, open_redis


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy for a moment must not look like a Redis that is away."""
    monkeypatch.setattr(automatic_documents, "_PATIENCE", 10.0)


def digest(text: str) -> str:
    """Return the hash that a client sends."""
    return hashlib.sha256(text.encode()).hexdigest()


@asynccontextmanager
async def opened(redis_url: str, bounds: Bounds | None = None) -> AsyncIterator[tuple[AutomaticDocuments, Redis]]:
    """Yield the documents and a client of the same Redis."""
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as redis:
        assert redis.client is not None
        yield AutomaticDocuments(redis, bounds), redis.client


async def test_a_text_is_found_by_its_hash(redis_url: str) -> None:
    """What one process keeps another finds, in any alphabet; what nobody kept is None."""
    text = "query Näme { stock }"
    async with opened(redis_url) as (one, _), opened(redis_url) as (other, _):
        assert await other.find(digest(text)) is None
        await one.keep(digest(text), text)
        assert await other.find(digest(text)) == text


async def test_what_does_not_match_its_hash_is_a_miss(redis_url: str) -> None:
    """A text that somebody changed in Redis never runs under the old hash."""
    async with opened(redis_url) as (documents, client):
        await documents.keep(digest("{ a }"), "{ a }")
        await client.hset(TEXTS, digest("{ a }"), b"{ b }")
        assert await documents.find(digest("{ a }")) is None


@pytest.mark.parametrize("bounds", [Bounds(documents=3), Bounds(bytes=3 * 310)], ids=["number", "bytes"])
async def test_the_least_recently_used_make_room(redis_url: str, bounds: Bounds) -> None:
    """Neither number nor bytes are exceeded; a use keeps the first from being the oldest."""
    texts = [f"{{ f{number:04} }}" for number in range(6)]
    async with opened(redis_url, bounds) as (documents, client):
        for text in texts:
            await documents.keep(digest(text), text)
            await documents.keep(digest(texts[0]), texts[0])
        found = [await documents.find(digest(text)) for text in texts]
        assert found == [texts[0], None, None, None, *texts[4:]]
        assert await client.zcard(USES) == 3
        assert int(await client.hget(TEXTS, "bytes") or 0) == 3 * (len(texts[0]) + 300)


async def test_keeping_twice_counts_once(redis_url: str) -> None:
    """The bytes of a text that is there already are not added again."""
    async with opened(redis_url) as (documents, client):
        for _ in range(3):
            await documents.keep(digest("{ a }"), "{ a }")
        assert int(await client.hget(TEXTS, "bytes") or 0) == 305


async def test_what_is_unused_for_long_ends(redis_url: str) -> None:
    """A text beyond its time is not found, leaves with the next that is kept, and the keys themselves end."""
    async with opened(redis_url, Bounds(seconds=100)) as (documents, client):
        await documents.keep(digest("{ a }"), "{ a }")
        await client.zadd(USES, {digest("{ a }"): 1})
        assert await documents.find(digest("{ a }")) is None
        await documents.keep(digest("{ b }"), "{ b }")
        assert await client.hexists(TEXTS, digest("{ a }")) is False
        for key in (TEXTS, USES):
            assert 0 < await client.ttl(key) <= 100


@pytest.mark.parametrize("lost", [TEXTS, USES])
async def test_half_of_it_lost_is_all_of_it_lost(redis_url: str, lost: str) -> None:
    """Redis may evict one key alone: the rest is a miss, and what is kept next is counted from nothing."""
    async with opened(redis_url) as (documents, client):
        await documents.keep(digest("{ a }"), "{ a }")
        await client.delete(lost)
        assert await documents.find(digest("{ a }")) is None
        await documents.keep(digest("{ b }"), "{ b }")
        assert await documents.find(digest("{ b }")) == "{ b }"
        assert int(await client.hget(TEXTS, "bytes") or 0) == 305
        assert await client.hlen(TEXTS) == 2
        assert await client.zcard(USES) == 1


async def test_keys_of_another_kind_are_a_miss(redis_url: str) -> None:
    """Whatever else stands under our names is left alone and hurts no request."""
    async with opened(redis_url) as (documents, client):
        await client.set(TEXTS, "not ours")
        await client.set(USES, "not ours")
        await documents.keep(digest("{ a }"), "{ a }")
        assert await documents.find(digest("{ a }")) is None
        assert await client.get(TEXTS) == b"not ours"


async def test_without_redis_nothing_is_found() -> None:
    """No Redis is configured: a miss, no error."""
    documents = AutomaticDocuments(RedisState(None))
    await documents.keep(digest("{ a }"), "{ a }")
    assert await documents.find(digest("{ a }")) is None


async def test_a_redis_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen server takes the question and says nothing: that is a miss, however patient other commands are."""
    monkeypatch.setattr(automatic_documents, "_PATIENCE", 1.0)
    asked = asyncio.Event()

    async def freeze(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(freeze, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = Settings.model_validate({"redis_url": f"redis://127.0.0.1:{port}", "deadlines": {"redis": 3_600}})
        async with asyncio.timeout(60), open_redis(settings) as redis:
            documents = AutomaticDocuments(redis)
            assert await documents.find(digest("{ a }")) is None
            assert asked.is_set()


async def test_a_redis_that_is_away_is_asked_once_in_a_while(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first question finds it away; those that come at once are misses that ask nobody."""
    asked = 0

    async def away(*_arguments: object) -> None:
        nonlocal asked
        asked += 1
        raise AwayError("away")

    async with opened(redis_url) as (documents, client):
        monkeypatch.setattr(client, "eval", away)
        for _ in range(100):
            assert await documents.find(digest("{ a }")) is None
        assert asked == 1
        documents._away_until = 0.0
        assert await documents.find(digest("{ a }")) is None
        assert asked == 2
