"""What is kept, what finds it again, and what must not be kept."""

from typing import Any

import pytest

from graph.http.accept import JSON, RESPONSE_JSON
from graph.outcome import Outcome
from graph.responses.cache import Form
from graph.responses.kept import Kept
from graph.responses.raw_key import LONGEST_RAW, raw_key
from storage.cache.tags import STALE
from tests.graph.responses.server import RAW, Server, Writes, admitted, body, open_cache


async def test_the_same_bytes_are_found_before_parsing(writes: Writes) -> None:
    """The second request finds the first one's answer by its raw key, for its own media type only."""
    server = Server()
    cache = open_cache(server, writes)
    assert cache.find(RAW, JSON) is None
    first, served = await cache.answer(RAW, admitted(), JSON, server.execute)
    assert (cache.find(RAW, JSON), served) == (first, False)
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


async def test_a_write_drops_the_answer(writes: Writes) -> None:
    """By one of its tags, whatever the other tags."""
    server = Server(["t:1", "t:2"])
    cache = open_cache(server, writes)
    await cache.answer(RAW, admitted(), JSON, server.execute)
    writes.write("t:3")
    assert cache.find(RAW, JSON) is not None
    writes.write("t:2")
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
    answer, _ = await cache.answer(RAW, admitted(), JSON, server.execute)
    assert isinstance(answer, Outcome)
    assert cache.find(RAW, JSON) is None
    assert len(cache.shelf) == 0


async def test_rows_beyond_their_time_are_kept_nowhere(writes: Writes) -> None:
    """Browsers and CDNs are not told to keep what this process would not, be it sure of hearing writes or not."""
    for trusted in (True, False):
        writes.trusted = trusted
        server = Server(["t:1", STALE])
        cache = open_cache(server, writes)
        answer, _ = await cache.answer(RAW, admitted(), JSON, server.execute)
        assert isinstance(answer, Outcome)
        assert len(cache.shelf) == 0


async def test_what_finds_an_answer_takes_no_room_of_its_own(writes: Writes) -> None:
    """A megabyte of variables would stand beside an answer of some bytes, and count for nothing."""
    server = Server()
    cache = open_cache(server, writes)
    query = "query ($long: String!) { public x: public(of: $long) @include(if: false) }"
    await cache.answer(RAW, admitted(query, long="x" * 10**6), JSON, server.execute)
    ((key, _),) = cache.shelf._kept.items()
    assert len(str(key)) + len(str(cache._raw)) < 1_000
    await cache.answer(None, admitted(query, long="x" * 10**6), JSON, server.execute)
    await cache.answer(None, admitted(query, long="x" * 10**6 + "y"), JSON, server.execute)
    assert server.executions == 2


async def test_long_names_are_not_remembered_beside_answers(writes: Writes) -> None:
    """Policies are bounded by their number, so none stands under a name of a document's length."""
    server = Server()
    cache = open_cache(server, writes)
    query = f"query {'N' * 50_000} {{ public }}"
    for _ in range(2):
        await cache.answer(RAW, admitted(query), JSON, server.execute)
    assert server.executions == 1
    assert cache._remembered == {}


async def test_private_answers_are_never_shared(writes: Writes) -> None:
    """They say so to caches on their way, and are executed for each."""
    server = Server()
    cache = open_cache(server, writes)
    for number in (b"1", b"2"):
        answer = await cache.answer(RAW, admitted("{ public own }"), JSON, server.execute)
        assert body(answer) == b'{"data":{"public":"%s"}}' % number
        assert isinstance(answer[0], Kept)
        assert dict(answer[0].headers)[b"cache-control"] == b"private, max-age=60"
    assert cache.find(RAW, JSON) is None


async def test_what_no_directive_allows_is_left_alone(writes: Writes) -> None:
    """The outcome passes through."""
    server = Server()
    cache = open_cache(server, writes)
    answer, served = await cache.answer(RAW, admitted("{ silent }"), JSON, server.execute)
    assert isinstance(answer, Outcome)
    assert not served


async def test_each_form_is_an_answer_of_its_own(writes: Writes) -> None:
    """The same operation in plain JSON is other bytes; a form may decline an outcome."""
    server = Server()
    cache = open_cache(server, writes)
    plain = Form("plain", lambda _: b"plain")
    assert body(await cache.answer(None, admitted(), JSON, server.execute)) != b"plain"
    assert body(await cache.answer(None, admitted(), JSON, server.execute, plain)) == b"plain"
    declined, _ = await cache.answer(None, admitted(), JSON, server.execute, Form("no", lambda _: None))
    assert isinstance(declined, Outcome)


def test_raw_keys_tell_ways_paths_and_revisions_apart() -> None:
    """The same bytes by GET and by POST, at another path, or where ids mean other documents, are other requests."""
    ways = [("POST", "/graphql", 0), ("GET", "/graphql", 0), ("GET", "/other", 0), ("GET", "/graphql", 1)]
    assert len({raw_key(*way, b"x") for way in ways}) == len(ways)
    assert raw_key("POST", "/graphql", 0, b"x" * (LONGEST_RAW + 1)) is None
