"""Documents that requests only name, in each mode: found, missed, kept, refused."""

import hashlib
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from graph.documents.admission import Documents
from graph.documents.library import Library
from graph.documents.refusal import Refusal
from graph.documents.registered import Registered, registered
from graph.documents.request import OperationRequest
from ops.errors import BadRequest, PublicError, Unavailable
from ops.persisted_errors import (
    DocumentNotFound,
    DocumentNotTrusted,
    PersistedQueryMismatch,
    PersistedQueryNotFound,
    PersistedQueryNotSupported,
)
from ops.settings import DocumentMode, Limits, Settings
from storage.automatic_documents import AutomaticDocuments
from storage.redis import RedisState, open_redis
from tests.graph.documents.market import documents as market_documents

QUERY = "query Q { __typename }"
OTHER = "query Other { __typename }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()
OTHER_HASH = hashlib.sha256(OTHER.encode()).hexdigest()


def library(mode: DocumentMode, redis: RedisState | None = None, *known: tuple[str, str | None, str]) -> Library:
    """Make a library over the market's schema that knows some registered documents."""
    stored = Registered()
    stored.replace(registered(*one) for one in known)
    schema = market_documents().schema
    admits = Documents(
        schema, Limits(), introspection=True, suggestions=True, registered=stored, trusted=mode == "trusted"
    )
    return Library(admits, stored, AutomaticDocuments(redis or RedisState(None)), mode)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[RedisState]:
    """An empty Redis."""
    async with open_redis(Settings.model_validate({"redis_url": redis_url})) as state:
        yield state


async def admitted(shelf: Library, request: OperationRequest) -> str:
    """Complete, admit and keep a request, as the engine does; return its operation's name."""
    whole = await shelf.complete(request)
    found = shelf._documents.admit(whole, allow_mutations=False)
    await shelf.keep(request, found.digest)
    return found.name or ""


async def test_a_hash_is_a_miss_until_its_query_came(redis: RedisState) -> None:
    """Apollo's dance: hash, not found, hash with query, hash; and another process finds it in Redis."""
    first, second = library("automatic", redis), library("automatic", redis)
    with pytest.raises(PersistedQueryNotFound, match=r"^PersistedQueryNotFound$"):
        await first.complete(OperationRequest(None, persisted_hash=HASH))
    assert await admitted(first, OperationRequest(QUERY, persisted_hash=HASH)) == "Q"
    for shelf in (first, second, library("automatic", redis)):
        for written in (HASH, HASH.upper(), f"sha256:{HASH}"):
            assert await admitted(shelf, OperationRequest(None, persisted_hash=written)) == "Q"


async def test_without_redis_memory_finds_it() -> None:
    """One process alone still saves its clients the text."""
    shelf = library("automatic")
    await admitted(shelf, OperationRequest(QUERY, persisted_hash=HASH))
    assert await admitted(shelf, OperationRequest(None, persisted_hash=HASH)) == "Q"


async def test_a_hash_alone_writes_nothing(redis: RedisState) -> None:
    """Only who brings the text has it kept: a text that memory knew from elsewhere stays out of Redis."""
    shelf = library("automatic", redis)
    await admitted(shelf, OperationRequest(QUERY))
    await admitted(shelf, OperationRequest(None, persisted_hash=HASH))
    assert await AutomaticDocuments(redis).find(HASH) is None


@pytest.mark.parametrize("query", ["query Q { nope }", "query Q {", "query Q { __typename } query R { __typename }"])
async def test_what_is_refused_is_never_kept(redis: RedisState, query: str) -> None:
    """A document that does not parse, fit or say which operation leaves no trace under its hash."""
    shelf, digest = library("automatic", redis), hashlib.sha256(query.encode()).hexdigest()
    with pytest.raises(Refusal):
        await admitted(shelf, OperationRequest(query, persisted_hash=digest))
    assert await AutomaticDocuments(redis).find(digest) is None


@pytest.mark.parametrize("mode", ["automatic", "trusted"])
@pytest.mark.parametrize("claimed", [OTHER_HASH, HASH[:-1], "nonsense", "é" * 64])
async def test_a_hash_of_something_else_is_refused(mode: DocumentMode, claimed: str) -> None:
    """Nobody stores a text under another's hash."""
    with pytest.raises(PersistedQueryMismatch):
        await library(mode).complete(OperationRequest(QUERY, persisted_hash=claimed))


@pytest.mark.parametrize("claimed", ["nonsense", "0" * 63, "é" * 64, "0" * 64])
async def test_what_cannot_be_found_is_not_found(redis: RedisState, claimed: str) -> None:
    """A hash that is none is as unknown as any other."""
    with pytest.raises(PersistedQueryNotFound):
        await library("automatic", redis).complete(OperationRequest(None, persisted_hash=claimed))


async def test_open_keeps_nothing(redis: RedisState) -> None:
    """Apollo Client is told once that there is no such thing, and a hash beside a query is passed over."""
    shelf = library("open", redis)
    with pytest.raises(PersistedQueryNotSupported, match=r"^PersistedQueryNotSupported$"):
        await shelf.complete(OperationRequest(None, persisted_hash=HASH))
    assert await admitted(shelf, OperationRequest(QUERY, persisted_hash=OTHER_HASH)) == "Q"
    assert await AutomaticDocuments(redis).find(HASH) is None


@pytest.mark.parametrize("mode", ["open", "automatic", "trusted"])
@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("5d41402abc4b2a76b9719d911017c592", "5d41402abc4b2a76b9719d911017c592"),
        ("sha256:abc", "abc"),
        ("abc", "sha256:abc"),
        ("sha256:abc", "sha256:abc"),
    ],
)
async def test_registered_documents_run_in_every_mode(mode: DocumentMode, stored: str, asked: str) -> None:
    """By documentId and by Apollo's extension, with and without the prefix; each use is noted under its own id."""
    shelf = library(mode, None, (stored, None, QUERY))
    for request in (OperationRequest(None, document_id=asked), OperationRequest(None, persisted_hash=asked)):
        assert await admitted(shelf, request) == "Q"
    assert shelf.registered.uses == {stored}


async def test_trusted_runs_registered_texts_only() -> None:
    """By id, by hash of the text, by the text itself; any other is refused before it is looked at."""
    shelf = library("trusted", None, ("opaque", "Q", QUERY))
    for known in (OperationRequest(QUERY), OperationRequest(None, persisted_hash=HASH)):
        assert await admitted(shelf, known) == "Q"
    assert shelf.registered.uses == {"opaque"}
    for text in (OTHER, "{ nope", "query Q { __typename } "):
        with pytest.raises(Refusal) as caught:
            await admitted(shelf, OperationRequest(text))
        assert (caught.value.errors[0].extensions or {})["code"] == "DOCUMENT_NOT_TRUSTED"
        assert caught.value.status == 403
    with pytest.raises(DocumentNotTrusted):
        await shelf.complete(OperationRequest(None, persisted_hash=OTHER_HASH))


async def test_a_document_that_is_gone_runs_no_more() -> None:
    """Its checked form may be remembered, but what counts is what is registered."""
    shelf = library("trusted", None, ("one", None, QUERY))
    await admitted(shelf, OperationRequest(QUERY))
    shelf.registered.replace([])
    with pytest.raises(Refusal):
        await admitted(shelf, OperationRequest(QUERY))


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (OperationRequest(None, document_id="nope"), DocumentNotFound),
        (OperationRequest(OTHER, document_id="one"), BadRequest),
    ],
)
async def test_an_id_names_one_document(request_: OperationRequest, error: type[PublicError]) -> None:
    """An unknown id is told; so is an id beside another document's text."""
    with pytest.raises(error):
        await library("automatic", None, ("one", None, QUERY)).complete(request_)
    assert await admitted(library("automatic", None, ("one", None, QUERY)), OperationRequest(QUERY, document_id="one"))


async def test_before_the_first_load_nobody_is_told_no() -> None:
    """A process that could not read the documents yet says so: its clients may come again."""
    shelf = library("trusted")
    shelf.registered.loaded = False
    for request in (OperationRequest(None, document_id="x"), OperationRequest(None, persisted_hash=HASH)):
        with pytest.raises(Unavailable):
            await shelf.complete(request)
    with pytest.raises(Refusal) as caught:
        await admitted(shelf, replace(OperationRequest(QUERY)))
    assert caught.value.status == 503


def test_names_and_ids_are_found() -> None:
    """An address may be either; ids come first."""
    shelf = library("automatic", None, ("one", "Page", QUERY), ("Page2", None, OTHER))
    assert (shelf.find("one").text, shelf.find("Page").text, shelf.find("Page2").text) == (QUERY, QUERY, OTHER)
    with pytest.raises(DocumentNotFound, match="'nope'"):
        shelf.find("nope")


async def test_a_mutation_is_registered_by_post_only(redis: RedisState) -> None:
    """A GET neither runs it nor keeps its text, and its hash by GET is refused as its text would be."""
    mutation = 'mutation Watch { watch(symbol: "A") }'
    digest = hashlib.sha256(mutation.encode()).hexdigest()
    shelf = library("automatic", redis)
    with pytest.raises(Refusal) as caught:
        await admitted(shelf, OperationRequest(mutation, persisted_hash=digest))
    assert caught.value.status == 405
    assert await AutomaticDocuments(redis).find(digest) is None
    posted = OperationRequest(mutation, persisted_hash=digest)
    found = shelf._documents.admit(await shelf.complete(posted), allow_mutations=True)
    await shelf.keep(posted, found.digest)
    by_hash = await shelf.complete(OperationRequest(None, persisted_hash=digest))
    assert by_hash.query == mutation
    with pytest.raises(Refusal) as caught:
        shelf._documents.admit(by_hash, allow_mutations=False)
    assert caught.value.status == 405
