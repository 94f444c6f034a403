"""New posts of a community: each comes once, whatever is deleted, however many there are, and whenever we stop."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from ingest.sources.pseudonyms import Pseudonyms
from storage.terms import Feed, Source
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.subreddit import Subreddit, post
from tests.ingest.sources.web import Reply, Web

NEW = "/r/stocks/new"


@pytest.fixture
def stocks(web: Web) -> Subreddit:
    """The community, served."""
    community = Subreddit()
    community.serve(web)
    return community


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Follows r/stocks."""
    credentials = {"client_id": "id", "client_secret": "hidden", "user_agent": "tests"}
    places = {"communities": ("r/stocks",), "url": web.url, "token_url": web.url}
    return make_bench(reddit={**credentials, **places}, intake={"author_key": "key of the tests"})


async def fresh(bench: Bench) -> list[int]:
    """Poll; return the numbers of the posts that this put on the intake, in its order."""
    (outcome,) = (await bench.run(Feed.REDDIT, "reddit:new")).values()
    assert outcome.problem is None
    numbers = [int(each.external_id[1:]) for each in await bench.items()]
    await bench.forget_items()
    return numbers


async def test_posts_come_once_oldest_first(bench: Bench, stocks: Subreddit, web: Web) -> None:
    """The first reading brings all that is shown; later ones only what is new, with one small request each."""
    stocks.add(1, 2, 3, 4)
    assert await fresh(bench) == [1, 2, 3, 4]
    assert await fresh(bench) == []
    stocks.add(5, 6)
    assert await fresh(bench) == [5, 6]
    assert [request.query.get("before") for request in web.asked(NEW)] == [None, "t3_p0002", "t3_p0002"]


async def test_a_deleted_anchor_hides_nothing(bench: Bench, stocks: Subreddit) -> None:
    """An empty answer to `before` is not taken at its word: the listing is read until it meets known posts."""
    stocks.add(1, 2, 3, 4)
    await fresh(bench)
    stocks.delete(2)
    stocks.add(5)
    assert await fresh(bench) == [5]
    stocks.delete(3)
    stocks.delete(4)
    stocks.delete(5)
    stocks.add(6)
    assert await fresh(bench) == [6]
    assert await fresh(bench) == []


async def test_more_than_a_page_is_read_page_by_page(bench: Bench, stocks: Subreddit) -> None:
    """From the top and from an anchor alike."""
    stocks.add(*range(250))
    assert await fresh(bench) == list(range(250))
    stocks.add(*range(250, 480))
    assert await fresh(bench) == list(range(250, 480))
    stocks.delete(477)
    stocks.add(*range(480, 700))
    assert await fresh(bench) == list(range(480, 700))


async def test_a_post_becomes_an_item(bench: Bench, stocks: Subreddit) -> None:
    """Title and text, community, link, votes; of the author nothing but a keyed pseudonym."""
    stocks.posts = [post(1, score=-4, selftext=" I like &amp; \n$AAPL "), post(2, selftext="", author="Other")]
    await bench.run(Feed.REDDIT, "reddit:new")
    second, first = await bench.items()
    assert (first.external_id, first.text, first.engagement) == ("p0001", "Title 1\n\nI like &amp; \n$AAPL", 0)
    assert (first.community, first.url) == ("stocks", "https://www.reddit.com/r/stocks/comments/p0001/title/")
    assert (second.text, first.observed_at) == ("Title 2", NOW)
    assert first.author == Pseudonyms(SecretStr("key of the tests")).of(Source.REDDIT, "some_user")
    assert first.author != second.author
    assert Pseudonyms(SecretStr("another key")).of(Source.REDDIT, "some_user") != first.author
    assert Pseudonyms(SecretStr("key of the tests")).of(Source.X, "some_user") != first.author


@pytest.mark.parametrize(
    "bad",
    [
        {"selftext": "[removed]"},
        {"author": "[deleted]"},
        {"removed_by_category": "moderator"},
        {"title": " ", "selftext": ""},
        {"created_utc": NOW.timestamp() + 90_000},
        {"created_utc": 1e300},
        {"created_utc": 12.0},
        {"created_utc": "yesterday"},
        {"id": None},
    ],
)
async def test_what_is_no_post_is_left_out_and_spoils_no_other(
    bench: Bench, stocks: Subreddit, bad: dict[str, Any]
) -> None:
    """Removed, without words, without a sound date, or of another shape."""
    stocks.posts = [post(2), post(1, **bad), post(0)]
    assert await fresh(bench) == [0, 2]


async def test_a_date_just_ahead_is_now_and_a_long_text_is_cut_aloud(
    bench: Bench, stocks: Subreddit, log: list[Any]
) -> None:
    """No post is dated after it was read; what no table holds is cut, and the log says so."""
    stocks.posts = [post(1, created_utc=NOW.timestamp() + 50, selftext="x" * 50_000)]
    await bench.run(Feed.REDDIT, "reddit:new")
    (item,) = await bench.items()
    assert (item.posted_at, len(item.text)) == (NOW, 40_000)
    assert [event["characters"] for event in log if event["event"] == "post_cut"] == [50_009]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(403, b'{"reason": "private", "message": "Forbidden", "error": 403}'), "private"),
        (Reply(404, b'{"reason": "banned", "message": "Not Found", "error": 404}'), "banned"),
        (Reply(302, b"", {"location": "/subreddits/search?q=stocks"}), "no such community"),
    ],
)
async def test_a_community_that_may_not_be_read_is_off_for_hours(
    make_bench: Callable[..., Bench], stocks: Subreddit, web: Web, reply: Reply, reason: str, log: list[Any]
) -> None:
    """It is told once and not asked again by this process; the other communities go on."""
    credentials = {"client_id": "id", "client_secret": "hidden", "user_agent": "tests"}
    places = {"communities": ("closed", "stocks"), "url": web.url, "token_url": web.url}
    bench = make_bench(reddit={**credentials, **places})
    web.routes["/r/closed/new"] = reply
    stocks.add(1)
    assert {name: each.problem for name, each in (await bench.run(Feed.REDDIT, "reddit:new")).items()} == {
        "reddit:new:closed": None,
        "reddit:new:stocks": None,
    }
    assert [(e["community"], e["reason"]) for e in log if e["event"] == "community_off"] == [("closed", reason)]
    assert len(await bench.items()) == 1
    assert len(web.asked("/r/closed/new")) == 1


async def test_a_page_that_is_html_and_403_is_no_matter_of_the_community(
    bench: Bench, web: Web, stocks: Subreddit
) -> None:
    """It is how Reddit turns away a user agent: told as such, and left alone for a while."""
    web.routes[NEW] = Reply(403, b"<html>blocked</html>", {"content-type": "text/html"})
    (outcome,) = (await bench.run(Feed.REDDIT, "reddit:new")).values()
    assert outcome.problem == "Refused: HTTP 403 without a reason: is the user agent blocked?"
    assert outcome.pause == 900
