"""Posts that their source has dropped: found in time, removed once, and never by mistake."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.deadline import Deadline
from storage.intake_items import RemovedPost
from storage.post_checks import DuePost, due_posts, put_off
from storage.session import Session
from storage.terms import SCORER, Feed, SentimentLabel, Source
from storage.write_posts import MentionRecord, PostRecord, delete_posts, write_posts
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.subreddit import TOKEN, listing, post
from tests.ingest.sources.web import Reply, Web, json_reply

INFO, TWEETS = "/api/info", "/2/tweets"
CREDENTIALS = {"client_id": "id", "client_secret": "hidden", "user_agent": "tests", "communities": ("stocks",)}


@pytest.fixture
def bench_database(listed: Database) -> Database:
    """A database with a few listed stocks."""
    return listed


@pytest.fixture
def session_of(listed: Database) -> Callable[[], Session]:
    """Open sessions on the database with listed stocks."""
    return lambda: Session(listed, Deadline.after(60))


def record(source: Source, external_id: str, posted_at: datetime) -> PostRecord:
    """A post about AAPL."""
    mention = MentionRecord("AAPL", 0, SentimentLabel.NEUTRAL, (), "cashtag")
    return PostRecord(source, external_id, posted_at, None, None, "$AAPL", None, None, False, SCORER, (mention,))  # noqa: FBT003


async def known(bench: Bench, source: Source, ages: dict[str, timedelta], due: datetime | None = NOW) -> None:
    """Store posts of some ages, to be looked up from `due` on."""
    database = bench.around.database
    await write_posts(database, [record(source, name, NOW - age) for name, age in ages.items()])
    await put_off(database, source, dict.fromkeys(ages, due))


async def due(bench: Bench, source: Source, session: Session) -> dict[str, timedelta]:
    """Return when each post is due next, from now: looked for by an hour over 40 days."""
    found: dict[str, timedelta] = {}
    for hours in range(24 * 40):
        for each in await due_posts(session, source, NOW + timedelta(hours=hours), 1_000):
            found.setdefault(each.external_id, timedelta(hours=hours))
    return found


@pytest.fixture
def reddit(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Looks up Reddit's posts."""
    web.routes[TOKEN] = json_reply({"access_token": "token"})
    return make_bench(reddit={**CREDENTIALS, "url": web.url, "token_url": web.url})


async def check(bench: Bench, feed: Feed) -> list[Any]:
    """Run the source's checks; return what they put on the intake."""
    (outcome,) = (await bench.run(feed, f"{feed.value}:checks")).values()
    assert outcome.problem is None
    items = await bench.items()
    await bench.forget_items()
    return items


async def test_posts_that_reddit_dropped_are_published_as_removed(reddit: Bench, web: Web) -> None:
    """Marked as deleted, marked as removed, or not shown at all; the one that stands stays."""
    shown = [
        post(1),
        post(2, selftext="[removed]"),
        post(3, author="[deleted]"),
        post(4, removed_by_category="moderator"),
    ]
    web.routes[INFO] = json_reply(listing(shown))
    await known(reddit, Source.REDDIT, {f"p{number:04d}": timedelta(hours=5) for number in range(1, 6)})
    gone = await check(reddit, Feed.REDDIT)
    assert gone == [RemovedPost(Source.REDDIT, f"p{number:04d}", NOW) for number in (2, 3, 4, 5)]
    assert web.asked(INFO)[0].query["id"] == ",".join(f"t3_p{number:04d}" for number in range(1, 6))
    assert await check(reddit, Feed.REDDIT) == []
    assert len(web.asked(INFO)) == 1


async def test_the_next_look_up_depends_on_age(reddit: Bench, web: Web, session_of: Callable[[], Session]) -> None:
    """Hourly for two days, daily while the text is kept, then never; ids that are not Reddit's are never looked up."""
    ages = {"young": timedelta(hours=47), "older": timedelta(days=3), "oldest": timedelta(days=31)}
    web.routes[INFO] = json_reply(listing([post(1, id=name, name=f"t3_{name}") for name in ages]))
    await known(reddit, Source.REDDIT, {**ages, "demo-2026-0001": timedelta(hours=1), "derived-ff": timedelta(hours=1)})
    assert await check(reddit, Feed.REDDIT) == []
    assert set(web.asked(INFO)[0].query["id"].split(",")) == {"t3_young", "t3_older", "t3_oldest"}
    found = await due(reddit, Source.REDDIT, session_of())
    assert found == {"young": timedelta(hours=1), "older": timedelta(days=1)}


async def test_a_new_post_is_due_within_the_hour_and_a_deleted_one_never(
    listed: Database, session_of: Callable[[], Session]
) -> None:
    """Without anybody having said so; and news is never looked up."""
    now = datetime.now(NOW.tzinfo)
    await write_posts(
        listed, [record(Source.X, "1", now), record(Source.X, "2", now), record(Source.NEWS, "https://a/", now)]
    )
    await delete_posts(listed, Source.X, ["2"])
    session, later = session_of(), now + timedelta(hours=1, minutes=1)
    assert await due_posts(session, Source.X, now, 10) == []
    assert await due_posts(session, Source.X, later, 10) == [DuePost("1", now)]
    assert await due_posts(session, Source.NEWS, later, 10) == []


async def test_a_failure_takes_nothing_for_gone_and_asks_again(reddit: Bench, web: Web) -> None:
    """A look-up that fails, or an answer with a post that cannot be read, removes nothing that may still stand."""
    await known(reddit, Source.REDDIT, {"p0001": timedelta(hours=1), "p0002": timedelta(hours=1)})
    web.routes[INFO] = [
        Reply(500),
        Reply(500),
        json_reply({}),
        json_reply(listing([post(1, id=None), post(2, selftext="[removed]")])),
    ]
    for problem in ("Unreachable", "Malformed"):
        (outcome,) = (await reddit.run(Feed.REDDIT, "reddit:checks")).values()
        assert str(outcome.problem).startswith(problem)
        assert await reddit.items() == []
    assert await check(reddit, Feed.REDDIT) == [RemovedPost(Source.REDDIT, "p0002", NOW)]


async def test_many_are_looked_up_in_batches_the_longest_overdue_first(reddit: Bench, web: Web) -> None:
    """At most a hundred at once, and at most twenty batches before reading new posts gets its turn."""
    web.routes[INFO] = lambda request: json_reply(
        listing([post(1, id=name[3:], name=name) for name in request.query["id"].split(",")])
    )
    names = {f"q{number}": timedelta(hours=1) for number in range(2_050)}
    await known(reddit, Source.REDDIT, names)
    await put_off(reddit.around.database, Source.REDDIT, {"q7": NOW - timedelta(hours=9)})
    assert await check(reddit, Feed.REDDIT) == []
    asked = [request.query["id"].split(",") for request in web.asked(INFO)]
    assert [len(each) for each in asked] == [100] * 20
    assert asked[0][0] == "t3_q7"
    assert len({name for each in asked for name in each}) == 2_000


async def test_posts_that_x_names_as_missing_are_removed(make_bench: Callable[..., Bench], web: Web) -> None:
    """Deleted or made private; one that is merely not in the answer, or fails otherwise, stays."""
    bench = make_bench(x={"bearer_token": "hidden", "query": "q", "url": web.url})
    errors = [
        {"resource_id": "2", "type": "https://api.twitter.com/2/problems/resource-not-found"},
        {"value": "3", "type": "https://api.twitter.com/2/problems/not-authorized-for-resource"},
        {"value": "4", "type": "https://api.twitter.com/2/problems/resource-unavailable"},
        {"value": "99", "type": "https://api.twitter.com/2/problems/resource-not-found"},
    ]
    web.routes[TWEETS] = json_reply({"data": [{"id": "1", "text": "t"}], "errors": errors})
    await known(bench, Source.X, {str(number): timedelta(hours=1) for number in range(1, 6)})
    assert await check(bench, Feed.X) == [RemovedPost(Source.X, "2", NOW), RemovedPost(Source.X, "3", NOW)]


async def test_checks_can_be_turned_off(make_bench: Callable[..., Bench], web: Web) -> None:
    """Interval 0: the source has no such poll."""
    bench = make_bench(reddit={**CREDENTIALS, "url": web.url, "token_url": web.url, "check_seconds": 0})
    web.routes[TOKEN] = json_reply({"access_token": "token"})
    web.routes["/r/stocks/new"] = json_reply(listing([]))
    assert list(await bench.run(Feed.REDDIT)) == ["reddit:new:stocks"]
    assert {request.path for request in web.requests} == {TOKEN, "/r/stocks/new"}
