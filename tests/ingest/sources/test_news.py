"""Feeds as they are: conditional, odd, huge and hostile; every article once, and nothing fetched but the feed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.sources.news.articles import read_feed
from ingest.sources.news.links import canonical_link
from ingest.sources.news.plain_text import plain_text
from storage.terms import Feed
from tests.ingest.sources.conftest import NOW, Bench
from tests.ingest.sources.web import Reply, Web

TYPE = {"content-type": "application/rss+xml; charset=utf-8"}


def entry(number: int, *, date: str = "Mon, 01 Jun 2026 10:00:00 +0200", more: str = "") -> str:
    """One article of an RSS feed."""
    return f"<item><guid>a{number}</guid><title>Article {number}</title><pubDate>{date}</pubDate>{more}</item>"


def rss(*entries: str, title: str = "The Daily Wire") -> Reply:
    """A feed."""
    text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{title}</title>{''.join(entries)}</channel></rss>"
    return Reply(200, text.encode(), TYPE)


@pytest.fixture
def bench(make_bench: Callable[..., Bench], web: Web) -> Bench:
    """Reads one feed whose address holds a key."""
    return make_bench(news={"feeds": (f"{web.url}/feed?key=hidden",)})


async def fresh(bench: Bench) -> list[str]:
    """Poll; return the ids that came, oldest article first."""
    (outcome,) = (await bench.run(Feed.NEWS)).values()
    assert outcome.problem is None
    found = [each.external_id.rpartition("/")[2] for each in await bench.items()]
    await bench.forget_items()
    return found


async def test_a_feed_is_asked_for_only_if_it_changed_and_articles_come_once(bench: Bench, web: Web) -> None:
    """The validators of the last answer go with the next request; 304 is no news."""
    validators = {"etag": 'W/"1"', "last-modified": "Mon, 01 Jun 2026 11:00:00 GMT"}
    first = rss(entry(1), entry(2, date="Mon, 01 Jun 2026 09:00:00 +0200"))
    web.routes["/feed"] = [
        Reply(200, first.body, {**TYPE, **validators}),
        Reply(304),
        rss(entry(3, date="Mon, 01 Jun 2026 11:00:00 +0200"), entry(1)),
    ]
    assert await fresh(bench) == ["a2", "a1"]
    assert await fresh(bench) == []
    assert await fresh(bench) == ["a3"]
    assert await fresh(bench) == []
    asked = [(each.headers.get("if-none-match"), each.headers.get("if-modified-since")) for each in web.requests]
    assert asked[:2] == [(None, None), ('W/"1"', "Mon, 01 Jun 2026 11:00:00 GMT")]


async def test_an_article_becomes_an_item(bench: Bench, web: Web) -> None:
    """Words without markup, the publisher as community, a link without tracking, the author as a pseudonym."""
    more = (
        "<link>https://Example.com:443/a?id=7&amp;utm_source=rss&amp;fbclid=x#top</link><author>jane@example.com</author>"
        "<description>&lt;p&gt;Acme &amp;amp; Sons&lt;/p&gt;&lt;script&gt;no()&lt;/script&gt;"
        "&lt;b&gt;ris&lt;/b&gt;es</description>"
    )
    web.routes["/feed"] = rss(entry(1, more=more), title="Wire &amp;amp; Co")
    await bench.run(Feed.NEWS)
    (item,) = await bench.items()
    assert (item.text, item.community) == ("Article 1\n\nAcme & Sons rises", "Wire & Co")
    assert (item.url, item.posted_at) == ("https://example.com/a?id=7", datetime(2026, 6, 1, 8, tzinfo=UTC))
    assert item.author is not None
    assert "jane" not in item.author


async def test_the_key_in_a_feeds_address_ends_up_in_no_item(bench: Bench, web: Web) -> None:
    """Relative and empty links are relative to the address without its query."""
    more = "<link>?p=1</link>", "<link></link>", "<link/>", "<link>#x</link>"
    web.routes["/feed"] = rss(*(f"<item><title>T{n}</title>{link}</item>" for n, link in enumerate(more)))
    await bench.run(Feed.NEWS)
    items = await bench.items()
    assert len(items) == 4
    assert "hidden" not in str(items)


@pytest.mark.parametrize(
    ("date", "posted_at"),
    [
        ("yesterday, I think", NOW),
        ("", NOW),
        ("Mon, 01 Jun 2026 12:30:00 GMT", NOW),
        ("2026-06-01T11:00:00Z", NOW - timedelta(hours=1)),
        ("Fri, 05 Jun 2026 12:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 01 May 2026 12:00:00 GMT", None),
    ],
    ids=["words", "none", "ahead", "iso", "next-week", "epoch", "too-old-for-a-first-reading"],
)
async def test_dates_of_all_kinds(bench: Bench, web: Web, date: str, posted_at: datetime | None) -> None:
    """No date means now; a little ahead means now; what cannot be is left out."""
    web.routes["/feed"] = rss(entry(1, date=date))
    await bench.run(Feed.NEWS)
    assert [each.posted_at for each in await bench.items()] == ([posted_at] if posted_at else [])


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (
            Reply(200, b"<html><body>Welcome</body></html>", {"content-type": "text/html"}),
            "33 bytes of text/html are no feed",
        ),
        (Reply(200, b'{"a": 1}', {"content-type": "application/json"}), "8 bytes of application/json are no feed"),
        (Reply(200, b""), "0 bytes of no content type are no feed"),
        (
            Reply(301, headers={"location": "https://new.example/f?key=hidden"}),
            "HTTP 301: the feed has moved to new.example; set its new address",
        ),
        (Reply(404), "HTTP 404"),
        (Reply(429, headers={"retry-after": "120"}), "too many requests"),
        (Reply(200, b"x" * 300_000), "HTTP 200: the body exceeds 200,000 bytes"),
    ],
    ids=["page", "json", "empty", "moved", "gone", "rate", "huge"],
)
async def test_what_is_no_feed_is_told(bench: Bench, web: Web, reply: Reply, problem: str, log: list[Any]) -> None:
    """Each says what is wrong, and none repeats the key in the address, in its name neither."""
    web.routes["/feed"] = reply
    (name, outcome), *_ = (await bench.run(Feed.NEWS)).items()
    assert outcome.problem is not None
    assert outcome.problem.partition(": ")[2] == problem
    assert name.startswith("news:127.0.0.1:")
    assert "hidden" not in f"{name} {log} {outcome}"


async def test_one_article_is_one_under_all_its_addresses(make_bench: Callable[..., Bench], web: Web) -> None:
    """Two feeds that carry the same article give it the same id, so that it is stored once."""
    link = "<link>https://example.com/a?utm_medium={}</link>"
    items = ["<item><title>One</title>" + link.format(medium) + "</item>" for medium in ("x", "y")]
    web.routes = {"/one": rss(items[0]), "/two": rss(items[1])}
    bench = make_bench(news={"feeds": (f"{web.url}/one", f"{web.url}/two")})
    await bench.run(Feed.NEWS)
    assert [each.external_id for each in await bench.items()] == ["https://example.com/a"] * 2


async def test_hostile_xml_reads_no_file_and_fetches_nothing(bench: Bench, web: Web) -> None:
    """External entities stay out, entity bombs do not go off, and a broken end leaves what came before it."""
    web.routes["/loot"] = Reply(200, b"loot")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    declared = f'<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY web SYSTEM "{web.url}/loot"><!ENTITY e0 "ha">{bomb}'
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]><rss version="2.0"><channel><title>T</title>'
        "<item><guid>1</guid><title>fine</title></item>"
        "<item><guid>2</guid><title>&file;&web;&e8;</title></item><item><title>broken"
    )
    feed = read_feed(text.encode(), TYPE, f"{web.url}/feed")
    assert feed.articles[0].text == "fine"
    assert all("root:" not in each.text and "loot" not in each.text for each in feed.articles)
    assert all(len(each.text) < 10_000 for each in feed.articles)
    assert web.requests == []


async def test_a_thousand_articles_are_read_and_the_rest_is_told(bench: Bench, web: Web, log: list[Any]) -> None:
    """A feed without end costs no more than its first thousand articles."""
    web.routes["/feed"] = rss(*(entry(number) for number in range(1_001)))
    assert len(await fresh(bench)) == 1_000
    assert [event["articles"] for event in log if event["event"] == "feed_too_long"] == [1_001]


def test_ids_of_any_length_fit() -> None:
    """An id too long for the table, or with controls, is replaced by a digest: the same for the same id."""
    long = f"<item><guid>{'x' * 300}</guid><title>t</title></item>"
    keys = [read_feed(rss(long).body, TYPE, "https://example.com/f").articles[0].key for _ in range(2)]
    assert keys[0] == keys[1]
    assert keys[0].startswith("digest-")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("a<br>b<p>c</p>d", "a b c d"),
        ("<b>bo</b>ld <style>p{}</style>x", "bold x"),
        ("a < b and b > c", "a < b and b > c"),
        ("&#36;AAPL&nbsp;up", "$AAPL up"),
        ("<p title='x>y' lang=\"a>b\">in</p>", "in"),
        ("<a href='x>open quote", "open quote"),
        ("<SCRIPT>a<b</Script >c<!-- d --><?e?><!DOCTYPE f>g", "c g"),
        ("x &#" + "9" * 5_000 + "; y", "x \N{REPLACEMENT CHARACTER} y"),
        ("<!--" * 500_000, ""),
        ("<a href='" * 200_000, "<a href='" * 200_000),
    ],
)
def test_html_becomes_words(html: str, text: str) -> None:
    """As a reader sees them; two megabytes of openings that never close take no longer than any other text."""
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("HTTP://Example.com:80", "http://example.com/"),
        ("https://user:pass@example.com/a?b=1&b=2", "https://example.com/a?b=1&b=2"),
        ("/a?q=%20x&utm_term=1", "https://base.example/a?q=+x"),
        ("https://example.com/?q=a+b%2C", "https://example.com/?q=a+b%2C"),
        ("javascript:alert(1)", None),
        ("https://[::1", None),
        ("https://example.com:99999/", None),
        (" ", None),
        (None, None),
    ],
)
def test_addresses_have_one_spelling(url: str | None, link: str | None) -> None:
    """No tracking, no user, no default port; anything that is no web address is none."""
    assert canonical_link(url, "https://base.example/feed") == link
