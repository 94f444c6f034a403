"""Servers that say what no server should, in headers and bodies: each says it to itself alone."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.sources.opening import opened
from ingest.sources.pace import LONGEST_HOLD
from ingest.sources.polling import Outcome, run_once
from storage.terms import Feed
from tests.ingest.sources.conftest import Bench
from tests.ingest.sources.subreddit import TOKEN
from tests.ingest.sources.web import Reply, Web, json_reply, served

XML = {"content-type": "application/xml"}
ITEM = "<item><title>{title}</title><guid>{guid}</guid><link>{link}</link><author>{author}</author></item>"
FINE = ITEM.format(title="fine", guid="fine", link="https://example.com/fine", author="somebody")


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Reads one feed."""
    return make_bench(news={"feeds": (f"{web.url}/feed",)})


def rss(*items: str, **headers: str) -> Reply:
    """Make a feed."""
    text = f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"
    return Reply(200, text.encode(), {**XML, **headers})


async def poll(bench: Bench) -> Outcome:
    """Poll once."""
    (outcome,) = (await bench.run(Feed.NEWS)).values()
    return outcome


@pytest.mark.parametrize("spoilt", ["title", "guid", "link", "author"])
@pytest.mark.parametrize("reference", ["&#xD800;", "&#57343;", "&#x110000;", f"&#{'9' * 5_000};", "\0"])
async def test_a_character_that_is_none_spoils_no_feed(bench: Bench, web: Web, spoilt: str, reference: str) -> None:
    """Half a surrogate pair, a number beyond Unicode, NUL: replaced where they stand; every article comes."""
    parts = {"title": "odd", "guid": "odd", "link": "https://example.com/odd?a=1", "author": "odd"}
    spoilt_parts = {**parts, spoilt: f"{parts[spoilt]}{reference}&amp;utm_source=x"}
    web.routes["/feed"] = rss(ITEM.format(**spoilt_parts), FINE, "<item><title>&#36;AAPL &#x1F680;</title></item>")
    assert await poll(bench) == Outcome()
    assert {each.text[:3] for each in await bench.items()} == {"odd", "fin", "$AA"}


async def test_what_the_parser_fails_on_is_malformed(bench: Bench, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of the parser is told as the feed's fault, without its text."""

    def broken(*_: object, **__: object) -> None:
        raise RecursionError("too deep: hidden")

    monkeypatch.setattr("feedparser.parse", broken)
    web.routes["/feed"] = rss(FINE)
    problem = (await poll(bench)).problem
    assert problem is not None
    assert problem.startswith("Malformed: ")
    assert problem.endswith(" bytes on which the parser fails: RecursionError")


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jun 2026 12:00:00 +99999999999999999",
        "Mon, 01 Jun 2026 99999999999999999999:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Mon, 01 Jun 99999 12:00:00 GMT",
        "yesterday",
    ],
)
async def test_a_date_beyond_all_calendars_is_no_date(bench: Bench, web: Web, date: str) -> None:
    """The server's clock is not compared, and a wait until then is none that was told."""
    web.routes["/feed"] = [rss(FINE, date=date), Reply(429, headers={"retry-after": date, "date": date})]
    assert await poll(bench) == Outcome()
    assert (await poll(bench)).pause == 60.0


@pytest.mark.parametrize("wait", ["1e300", "99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_nobody_is_left_alone_for_longer_than_a_day(bench: Bench, web: Web, wait: str) -> None:
    """A mistaken Retry-After would otherwise end the reading of a feed for as long as the process lives."""
    web.routes["/feed"] = [Reply(429, headers={"retry-after": wait}), rss(FINE)]
    async with opened(Feed.NEWS, bench.around) as (only,):
        assert (await run_once(only)).pause == LONGEST_HOLD
        bench.clock.move(LONGEST_HOLD)
        assert await run_once(only) == Outcome()


@pytest.mark.parametrize("location", ["http://[", "http://a b/", ""])
async def test_a_feed_that_moved_to_nowhere_is_refused_as_moved(bench: Bench, web: Web, location: str) -> None:
    """It is the server's mistake, told as such, and no broken poll."""
    web.routes["/feed"] = Reply(301, headers={"location": location})
    outcome = await poll(bench)
    assert outcome.problem is not None
    assert outcome.problem.startswith("Refused: HTTP 301: the feed has moved to ")


@pytest.mark.parametrize("lasts", [1e300, -5, 0])
async def test_a_token_that_lasts_for_ever_or_not_at_all_is_used(
    make_bench: Callable[..., Bench], web: Web, lasts: float
) -> None:
    """For a day at most, or for one call."""
    bench = make_bench(reddit=_reddit(web, "stocks"))
    web.routes |= {
        TOKEN: json_reply({"access_token": "t", "expires_in": lasts}),
        "/r/stocks/new": json_reply({"data": {"children": []}}),
    }
    (outcome,) = (await bench.run(Feed.REDDIT, "reddit:new")).values()
    assert outcome == Outcome()


async def test_credentials_that_are_not_taken_are_sent_once(make_bench: Callable[..., Bench], web: Web) -> None:
    """Not once per community: the others are told without asking, and all try again when the wait is over."""
    bench = make_bench(reddit=_reddit(web, "one", "two", "three"))
    web.routes[TOKEN] = Reply(401)
    async with opened(Feed.REDDIT, bench.around) as polls:
        told = [await run_once(each) for each in polls if each.name.startswith("reddit:new")]
        assert {each.pause for each in told} == {900.0}
        assert len(web.asked(TOKEN)) == 1
        bench.clock.move(900.0)
        await run_once(polls[0])
    assert len(web.asked(TOKEN)) == 2


async def test_no_proxy_comes_between_us_and_this_machine(
    make_bench: Callable[..., Bench], web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Http is for this machine because nobody listens in; a proxy of the environment would get the credentials."""
    web.routes |= {TOKEN: json_reply({"access_token": "t"}), "/r/stocks/new": json_reply({"data": {"children": []}})}
    async with served() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        (outcome,) = (await make_bench(reddit=_reddit(web, "stocks")).run(Feed.REDDIT, "reddit:new")).values()
    assert outcome == Outcome()
    assert proxy.requests == []


def _reddit(web: Web, *communities: str) -> dict[str, Any]:
    credentials = {"client_id": "the id", "client_secret": "hidden", "user_agent": "tests"}
    return {**credentials, "communities": communities, "url": web.url, "token_url": web.url}
