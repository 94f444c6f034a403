"""Reddit's token and its rates, as the headers tell them, or fail to."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.sources.polling import Outcome
from storage.terms import Feed
from tests.ingest.sources.conftest import Bench
from tests.ingest.sources.subreddit import TOKEN, Subreddit, listing, post
from tests.ingest.sources.web import Reply, Request, Web, json_reply

NEW = "/r/stocks/new"


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Follows r/stocks, which has one post."""
    community = Subreddit()
    community.add(1)
    community.serve(web)
    credentials = {"client_id": "the id", "client_secret": "hidden", "user_agent": "tests"}
    return make_bench(reddit={**credentials, "communities": ("stocks",), "url": web.url, "token_url": web.url})


async def poll(bench: Bench) -> Outcome:
    """Poll once."""
    (outcome,) = (await bench.run(Feed.REDDIT, "reddit:new")).values()
    return outcome


async def test_the_token_is_asked_for_with_the_credentials_and_sent_as_bearer(bench: Bench, web: Web) -> None:
    """Client credentials by basic authentication; our user agent everywhere; raw JSON asked for."""
    await poll(bench)
    (token,), (asked,) = web.asked(TOKEN), web.asked(NEW)
    assert (token.method, token.body) == ("POST", "grant_type=client_credentials")
    assert token.headers["authorization"] == "Basic dGhlIGlkOmhpZGRlbg=="
    assert (asked.headers["authorization"], asked.headers["user-agent"]) == ("Bearer token-1", "tests")
    assert (asked.query["raw_json"], asked.query["limit"]) == ("1", "100")


async def test_a_token_that_is_not_taken_any_more_is_renewed_once(bench: Bench, web: Web, log: list[Any]) -> None:
    """401, then a new token; if that is not taken either, the poll is refused, and no token stands in the log."""
    tokens = [json_reply({"access_token": f"token-{number}"}) for number in (1, 2)]

    def answer(request: Request) -> Reply:
        taken = request.headers["authorization"] == "Bearer token-2"
        return json_reply(listing([post(1)])) if taken else json_reply({"message": "Unauthorized", "error": 401}, 401)

    web.routes |= {TOKEN: tokens, NEW: answer}
    assert (await poll(bench)).problem is None
    assert len(await bench.items()) == 1
    web.routes[NEW] = Reply(401)
    assert await poll(bench) == Outcome("Refused: HTTP 401: not even a new token is taken", 900.0)
    assert not any(secret in str(log) for secret in ("token-1", "token-2", "hidden"))


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (json_reply({"message": "Unauthorized", "error": 401}, 401), "HTTP 401: the client id or secret is not taken"),
        (json_reply({"error": "invalid_grant"}, 400), "HTTP 400: the client id or secret is not taken"),
    ],
)
async def test_wrong_credentials_are_told_as_such(bench: Bench, web: Web, reply: Reply, problem: str) -> None:
    """Nothing else is asked for with them."""
    web.routes[TOKEN] = reply
    assert (await poll(bench)).problem == f"Refused: {problem}"
    assert web.asked(NEW) == []


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "0", "x-ratelimit-used": "1000"}, 1.0),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "246"}, 246.0),
        ({"retry-after": "17"}, 17.0),
        ({}, 2.0),
    ],
)
async def test_429_waits_as_long_as_it_says(bench: Bench, web: Web, headers: dict[str, str], pause: float) -> None:
    """Its body may be empty, its reset 0, its headers missing: the wait is never below a second."""
    web.routes[NEW] = Reply(429, b"", headers)
    assert await poll(bench) == Outcome("RateLimited: too many requests", pause)


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({"x-ratelimit-remaining": "0.4", "x-ratelimit-reset": "9"}, [9.0]),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "0"}, [1.0]),
        ({"x-ratelimit-remaining": "0"}, [1.0]),
        ({"x-ratelimit-remaining": "1.0", "x-ratelimit-reset": "246"}, []),
        ({"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "soon"}, []),
        ({}, []),
    ],
)
async def test_the_last_call_of_a_window_is_followed_by_a_wait(
    bench: Bench, web: Web, headers: dict[str, str], slept: list[float]
) -> None:
    """`remaining` is a float: less than a whole call left means to wait for the reset; others tell nothing."""
    web.routes[NEW] = [
        json_reply(listing([post(number) for number in range(200, 100, -1)], "t3_p0101"), headers=headers),
        json_reply(listing([post(100)])),
    ]
    assert (await poll(bench)).problem is None
    assert bench.clock.sleeps == slept
    assert len(await bench.items()) == 101


async def test_a_long_hold_is_told_instead_of_waited_for(bench: Bench, web: Web) -> None:
    """More than a minute: the poll ends at once and says how long it will be."""
    full = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "500"}
    web.routes[TOKEN] = json_reply({"access_token": "t"}, headers=full)
    assert await poll(bench) == Outcome("RateLimited: the API asked us to wait", 500.0)
    assert bench.clock.sleeps == []
