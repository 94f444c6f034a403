"""The response cache among requests that come at once, writes that come between, and answers that must not be kept."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import strawberry

from graph.documents.admission import Documents
from graph.documents.operation import AdmittedOperation
from graph.documents.request import OperationRequest
from graph.http.accept import JSON, RESPONSE_JSON
from graph.outcome import Outcome, Reads
from graph.responses.cache import LONGEST_RAW, ResponseCache, raw_key
from graph.responses.kept import Kept
from ops.settings import Limits
from resolvers.directives import CacheControl, CacheControlScope
from tests.asgi_exchange import until

TICK = 3_600
RAW = b"raw"


@strawberry.type
class Query:
    """A public field, a private one, and one that says nothing."""

    @strawberry.field(directives=[CacheControl(max_age=60)])
    def public(self, of: str = "") -> str:
        """Never run here."""
        return of

    own: int = strawberry.field(default=0, directives=[CacheControl(max_age=60, scope=CacheControlScope.PRIVATE)])
    silent: int = 0


SCHEMA = strawberry.Schema(Query)._schema


@dataclass
class Writes:
    """Trust that a test takes away, and writes that it makes up."""

    trusted: bool = True
    written: set[str] = field(default_factory=set)
    callbacks: list[Callable[[frozenset[str] | None], None]] = field(default_factory=list)

    def changed(self, _since: int, tags: Collection[str]) -> bool:
        """Whether the test wrote one of the tags."""
        return bool(self.written & set(tags))

    def listen(self, callback: Callable[[frozenset[str] | None], None]) -> None:
        """Remember who listens."""
        self.callbacks.append(callback)

    def write(self, *tags: str) -> None:
        """Tell of a write."""
        self.written.update(tags)
        for callback in self.callbacks:
            callback(frozenset(tags))


class Server:
    """Counts executions; each answer is their number."""

    def __init__(self, tags: Collection[str] = ("t:1",), **changed: Any) -> None:
        self.executions = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.tags = frozenset(tags)
        self.changed = changed
        self.cache: ResponseCache

    async def execute(self) -> Outcome:
        """Answer with the number of executions so far."""
        self.executions += 1
        number = self.executions
        await self.gate.wait()
        whole = Outcome({"public": str(number)}, reads=Reads(self.tags, 1, self.cache._now()))
        return replace(whole, **self.changed)


def open_cache(server: Server, writes: Writes, wait: float = 5.0) -> ResponseCache:
    """A cache over the server."""
    server.cache = ResponseCache(SCHEMA, writes, tick=TICK, most=1_000_000, wait=wait)
    return server.cache


def admitted(query: str = "{ public }", **variables: object) -> AdmittedOperation:
    """An operation that passed every gate."""
    documents = Documents(SCHEMA, Limits(), introspection=True, suggestions=True)
    return documents.admit(OperationRequest(query, None, variables, {}), allow_mutations=False)


@pytest.fixture
def writes() -> Writes:
    """Nothing written yet."""
    return Writes()


def body(answer: Kept | Outcome) -> bytes:
    """The bytes of a kept answer."""
    assert isinstance(answer, Kept)
    return answer.body


async def test_the_same_bytes_are_found_before_parsing(writes: Writes) -> None:
    """The second request finds the first one's answer by its raw key, for its own media type only."""
    server = Server()
    cache = open_cache(server, writes)
    assert cache.find(RAW, JSON) is None
    first = await cache.answer(RAW, admitted(), JSON, server.execute)
    assert cache.find(RAW, JSON) is first
    assert cache.find(RAW, RESPONSE_JSON) is None
    assert cache.find(b"other", JSON) is None
    assert (cache.counts.hits, cache.counts.misses) == (1, 1)


async def test_other_spellings_share_an_answer(writes: Writes) -> None:
    """What counts after admission is the document and the values of its variables, not how the request spelled them."""
    server = Server()
    cache = open_cache(server, writes)
    query = "query ($a: String! $b: String!) { public(of: $a) x: public(of: $b) }"
    await cache.answer(None, admitted(query, a="1", b="2"), JSON, server.execute)
    await cache.answer(None, admitted(query, b="2", a="1"), JSON, server.execute)
    assert server.executions == 1
    await cache.answer(None, admitted(query, b="1", a="2"), JSON, server.execute)
    assert server.executions == 2


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


async def test_a_write_drops_the_answer(writes: Writes) -> None:
    """By one of its tags, whatever the other tags."""
    server = Server(["t:1", "t:2"])
    cache = open_cache(server, writes)
    await cache.answer(RAW, admitted(), JSON, server.execute)
    writes.write("t:3")
    assert cache.find(RAW, JSON) is not None
    writes.write("t:2")
    assert cache.find(RAW, JSON) is None


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


async def test_without_trust_nothing_is_served_or_kept(writes: Writes) -> None:
    """An answer kept in better times is not served either."""
    server = Server()
    cache = open_cache(server, writes)
    await cache.answer(RAW, admitted(), JSON, server.execute)
    writes.trusted = False
    assert cache.find(RAW, JSON) is None
    again = await cache.answer(RAW, admitted(), JSON, server.execute)
    assert body(again) == b'{"data":{"public":"2"}}'


@pytest.mark.parametrize(
    "changed",
    [
        {"errors": ({"message": "m", "extensions": {"code": "UNAVAILABLE"}},)},
        {"extensions": {"plan": {}}},
        {"refused": True},
        {"status": 503},
    ],
)
async def test_an_answer_that_is_not_whole_is_not_kept(changed: dict[str, Any], writes: Writes) -> None:
    """Errors, refusals and extensions belong to one request."""
    server = Server(**changed)
    cache = open_cache(server, writes)
    assert isinstance(await cache.answer(RAW, admitted(), JSON, server.execute), Outcome)
    assert cache.find(RAW, JSON) is None
    assert len(cache.shelf) == 0


async def test_private_answers_are_never_shared(writes: Writes) -> None:
    """They say so to caches on their way, and are executed for each."""
    server = Server()
    cache = open_cache(server, writes)
    for number in (b"1", b"2"):
        answer = await cache.answer(RAW, admitted("{ public own }"), JSON, server.execute)
        assert body(answer) == b'{"data":{"public":"%s"}}' % number
        assert isinstance(answer, Kept)
        assert dict(answer.headers)[b"cache-control"] == b"private, max-age=60"
    assert cache.find(RAW, JSON) is None


async def test_what_no_directive_allows_is_left_alone(writes: Writes) -> None:
    """The outcome passes through."""
    server = Server()
    cache = open_cache(server, writes)
    assert isinstance(await cache.answer(RAW, admitted("{ silent }"), JSON, server.execute), Outcome)


async def test_a_leader_that_is_cancelled_leaves_nobody_waiting(writes: Writes) -> None:
    """The others execute for themselves."""
    server = Server()
    cache = open_cache(server, writes)
    server.gate.clear()
    leader = asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute))
    await asyncio.sleep(0)
    follower = asyncio.ensure_future(cache.answer(RAW, admitted(), JSON, server.execute))
    await asyncio.sleep(0)
    leader.cancel()
    server.gate.set()
    assert body(await follower) == b'{"data":{"public":"2"}}'
    assert cache._flights == {}


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


def test_raw_keys_tell_ways_and_paths_apart() -> None:
    """The same bytes by GET and by POST, or at another path, are other requests; very long ones have no key."""
    keys = {raw_key(b"POST", b"/graphql", b"x"), raw_key(b"GET", b"/graphql", b"x"), raw_key(b"GET", b"/other", b"x")}
    assert len(keys) == 3
    assert raw_key(b"POST", b"/graphql", b"x" * (LONGEST_RAW + 1)) is None
