"""Searches on X: every post once, no page twice, and each refusal with its own outcome."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from ingest.sources.polling import Outcome
from storage.terms import Feed
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.web import Reply, Request, Web, json_reply

PATH = "/2/tweets/search/recent"
FIRST_ID = 2_000_000_000_000_000_000
LIMITS = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "449", "x-rate-limit-reset": "1764000900"}


def tweet(number: int, **more: Any) -> dict[str, Any]:
    """A post; later numbers are newer."""
    written = (NOW - timedelta(hours=1) + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
    return {"id": str(FIRST_ID + number), "text": f"post {number}", "author_id": "77", "created_at": written, **more}


@dataclass(slots=True)
class Index:
    """Recent search over posts in order of time, in pages of `page`; remembers which posts it gave out."""

    page: int = 3
    posts: list[dict[str, Any]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        """Serve newest first between the bounds of the query."""
        since, until = int(request.query.get("since_id", 0)), int(request.query.get("until_id", 2**63))
        below = int(request.query.get("next_token", f"b{until}").removeprefix("b"))
        found = [each for each in reversed(self.posts) if since < int(each["id"]) < min(until, below)]
        page, rest = found[: self.page], found[self.page :]
        self.given += [each["id"] for each in page]
        meta = {"result_count": len(page)} | ({"next_token": f"b{page[-1]['id']}"} if rest else {})
        return json_reply({"data": page, "meta": meta} if page else {"meta": meta}, headers=LIMITS)


@pytest.fixture
def index(web: Web) -> Index:
    """The index, served."""
    made = Index()
    web.routes[PATH] = made.answer
    return made


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Searches for cashtags, three pages at a time."""
    return make_bench(x={"bearer_token": "hidden", "query": "$AAPL -is:retweet", "url": web.url, "pages": 3})


async def poll(bench: Bench) -> Outcome:
    """Search once."""
    (outcome,) = (await bench.run(Feed.X, "x:search")).values()
    return outcome


async def numbers(bench: Bench) -> list[int]:
    """Search once; return the numbers of the posts that came."""
    assert (await poll(bench)).problem is None
    found = [int(each.external_id) - FIRST_ID for each in await bench.items()]
    await bench.forget_items()
    return found


async def test_searches_go_on_from_the_newest_post(bench: Bench, index: Index, web: Web) -> None:
    """The first reaches back a day; `data` may be absent; later ones begin behind the newest post that was read."""
    assert await numbers(bench) == []
    index.posts = [tweet(1), tweet(2)]
    assert await numbers(bench) == [1, 2]
    assert await numbers(bench) == []
    index.posts.append(tweet(3))
    assert await numbers(bench) == [3]
    asked = [request.query for request in web.asked(PATH)]
    assert [each.get("since_id") for each in asked] == [None, None, str(FIRST_ID + 2), str(FIRST_ID + 2)]
    assert (asked[0]["start_time"], asked[0]["query"]) == ("2026-05-31T12:00:00Z", "$AAPL -is:retweet")
    assert web.asked(PATH)[0].headers["authorization"] == "Bearer hidden"


async def test_a_search_that_was_cut_short_goes_on_below_and_reads_no_page_twice(bench: Bench, index: Index) -> None:
    """Twenty posts in pages of three, three pages at a time, while new ones come: each is given out once."""
    index.posts = [tweet(number) for number in range(20)]
    assert sorted(await numbers(bench)) == list(range(11, 20))
    index.posts += [tweet(number) for number in range(20, 25)]
    assert sorted(await numbers(bench)) == list(range(2, 11))
    assert sorted(await numbers(bench)) == [0, 1]
    assert sorted(await numbers(bench)) == list(range(20, 25))
    assert sorted(index.given) == sorted(each["id"] for each in index.posts)


async def test_a_page_that_fails_loses_and_doubles_nothing(bench: Bench, index: Index, web: Web) -> None:
    """What came before the failure stays, and the next search goes on behind it."""
    index.posts = [tweet(number) for number in range(8)]
    calls = 0

    def flaky(request: Request) -> Reply:
        nonlocal calls
        calls += 1
        return Reply(body=b'{"data": [', cut=5) if calls in (2, 3) else index.answer(request)

    web.routes[PATH] = flaky
    assert (await poll(bench)).problem == "Unreachable: no answer (RemoteProtocolError)"
    found = [int(each.external_id) - FIRST_ID for each in await bench.items()]
    assert found == [5, 6, 7]
    await bench.forget_items()
    assert sorted(await numbers(bench)) == [0, 1, 2, 3, 4]
    assert await numbers(bench) == []


async def test_a_post_becomes_an_item(bench: Bench, web: Web) -> None:
    """The whole of a long text, unescaped, with X's own cashtags; of the author a pseudonym; odd posts are left out."""
    cashtags = [{"tag": "aapl"}, {"tag": "BRK.B"}, {"tag": "AAPL"}, {"tag": "not a symbol"}]
    whole = {"text": "M&amp;A &lt;$AAPL&gt; " + "x" * 300}
    posts = [
        tweet(1, note_tweet=whole, entities={"cashtags": cashtags}, public_metrics={"like_count": 12}),
        tweet(2, id="not a number"),
        tweet(2, text=7),
        tweet(3, created_at=None),
        tweet(4, text="  "),
        tweet(5, created_at="2026-06-02T13:00:00Z"),
    ]
    web.routes[PATH] = json_reply({"data": posts[::-1], "meta": {}})
    (outcome,) = (await bench.run(Feed.X, "x:search")).values()
    assert outcome.problem is None
    items = await bench.items()
    assert [int(each.external_id) - FIRST_ID for each in items] == [1, 3]
    item = items[0]
    assert (item.text[:13], len(item.text)) == ("M&A <$AAPL> x", 312)
    assert (item.symbols, item.engagement) == (("AAPL", "BRK.B"), 12)
    assert item.url == f"https://x.com/i/web/status/{FIRST_ID + 1}"
    assert item.author is not None
    assert "77" not in item.author.split()
    assert len(item.author) == 24


async def test_a_post_without_a_date_has_that_of_its_id(bench: Bench, index: Index) -> None:
    """Ids hold the milliseconds since X's epoch."""
    milliseconds = int((NOW - timedelta(minutes=5)).timestamp() * 1_000) - 1_288_834_974_657
    index.posts = [tweet(1, id=str(milliseconds << 22), created_at=None)]
    await poll(bench)
    assert [each.posted_at for each in await bench.items()] == [NOW - timedelta(minutes=5)]


async def test_an_id_that_is_too_old_is_given_up_aloud(bench: Bench, index: Index, web: Web, log: list[Any]) -> None:
    """A collector that slept for weeks starts again as far back as recent search goes, and says that a gap is left."""
    index.posts = [tweet(1)]
    await numbers(bench)
    message = "'since_id' must be a tweet id created after 2026-05-25T12:00Z"
    complaint = {"errors": [{"parameters": {"since_id": ["1"]}, "message": message}], "title": "Invalid Request"}

    def answer(request: Request) -> Reply:
        return json_reply(complaint, 400) if "since_id" in request.query else index.answer(request)

    web.routes[PATH] = answer
    index.posts.append(tweet(2))
    assert await numbers(bench) == [1, 2]
    assert web.asked(PATH)[-1].query["start_time"] == "2026-05-25T12:05:00Z"
    assert [event["reason"] for event in log if event["event"] == "search_gap"] == [f"HTTP 400: {message}"]


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (
            400,
            {"title": "Invalid Request", "detail": "There is no rule here"},
            "BadRequest: HTTP 400: There is no rule here",
        ),
        (401, {"title": "Unauthorized"}, "Refused: HTTP 401: Unauthorized"),
        (403, {"title": "Client Forbidden"}, "Refused: HTTP 403: Client Forbidden"),
        (302, None, "Refused: HTTP 302: no reason given"),
    ],
)
async def test_a_refusal_says_why_and_is_left_alone(
    bench: Bench, web: Web, status: int, body: Any, problem: str, log: list[Any]
) -> None:
    """A wrong query or token will not heal by asking again soon; the token is told nowhere."""
    web.routes[PATH] = json_reply(body, status) if body else Reply(status, b"<html>")
    assert await poll(bench) == Outcome(problem, 900.0)
    assert "hidden" not in str(log)


async def test_the_rate_is_waited_for_by_the_servers_clock(bench: Bench, web: Web, clock: Any) -> None:
    """429 tells when the window ends; our clock may be wrong by hours, and the wait is still right."""
    headers = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 100), "date": "Mon, 01 Jun 2026 12:01:00 GMT"}
    web.routes[PATH] = json_reply({"title": "Too Many Requests", "status": 429, "type": "about:blank"}, 429, headers)
    clock.now += timedelta(hours=5)
    assert await poll(bench) == Outcome("RateLimited: too many requests", 40.0)


async def test_a_used_up_plan_is_not_asked_again_after_a_restart_either(bench: Bench, index: Index, web: Web) -> None:
    """The second kind of 429: nothing is asked for a day, by a new process neither, then once more."""
    kind = "https://api.twitter.com/2/problems/usage-capped"
    web.routes[PATH] = json_reply({"title": "UsageCapExceeded", "type": kind, "period": "Monthly"}, 429)
    assert await poll(bench) == Outcome("UsageCapped: the plan's posts of this period are used up", 86_400.0)
    bench.clock.move(3_600)
    assert await poll(bench) == Outcome("UsageCapped: the plan's posts of this period are used up", 82_800.0)
    assert len(web.asked(PATH)) == 1
    bench.clock.move(82_800)
    web.routes[PATH] = index.answer
    assert (await poll(bench)).problem is None
    assert len(web.asked(PATH)) == 2
