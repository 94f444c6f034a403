"""The composition root of a source: settings in, polls out, over an HTTP client that is closed at the end.

Clients are not shared: cookies and broken connections of one source are none of another's business.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import httpx

from ingest.sources.checks import Checks, Schedule
from ingest.sources.news.feed_poll import FeedPoll
from ingest.sources.polling import Poll
from ingest.sources.pseudonyms import Pseudonyms
from ingest.sources.reddit import api as reddit_api
from ingest.sources.reddit import lookup as reddit_lookup
from ingest.sources.reddit.new_posts import NewPosts
from ingest.sources.switches import communities
from ingest.sources.workshop import Surroundings, Workshop
from ingest.sources.x import api as x_api
from ingest.sources.x import lookup as x_lookup
from ingest.sources.x import search as x_search
from ingest.sources.x.cap import Cap
from ingest.sources.x.posts import IDS as X_IDS
from ingest.sources.yahoo import api as yahoo_api
from ingest.sources.yahoo.bar_rounds import BarRounds
from ingest.sources.yahoo.followed import Symbols
from ingest.sources.yahoo.quotes import QuoteRounds
from ingest.sources.yahoo.stocks import Stocks
from storage.terms import Feed, Source

_NEWS_RATE: Final = (4.0, 1.0, 60.0)
"""Calls of one feed's host at most, in so many seconds; the first pause after a refusal."""
_NEWS_BYTES: Final = 2 * 1_048_576
"""A feed's body at most: its parser takes microseconds a byte."""
_DIRECT: Final = dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))
"""Hosts to which no proxy of the environment leads: only there may credentials travel in the open."""
_CONNECTIONS: Final = httpx.Limits(max_connections=8, max_keepalive_connections=4)


@asynccontextmanager
async def opened(feed: Feed, around: Surroundings) -> AsyncGenerator[Sequence[Poll], None]:
    """Yield the polls of a source that is on, in the order in which they should first run."""
    http = httpx.AsyncClient(
        transport=around.transport,
        timeout=around.policy.seconds,
        limits=_CONNECTIONS,
        follow_redirects=False,
        mounts=_DIRECT,
    )
    async with http:
        shop = Workshop(around, feed, http, Pseudonyms(around.settings.intake.author_key))
        yield _POLLS[feed](shop)


def _yahoo(shop: Workshop) -> list[Poll]:
    around, settings = shop.around, shop.around.settings.yahoo
    client = shop.client(1.0, 1.0 / yahoo_api.CALLS_PER_SECOND, yahoo_api.FIRST_BACK_OFF)
    api = yahoo_api.YahooApi(client, settings.url, settings.cookie_url)
    symbols = Symbols(around.database, settings)
    return [
        Stocks(api, client, symbols, around.outlet, settings.quote_seconds),
        QuoteRounds(api, client, symbols, around.outlet, settings.quote_seconds),
        *(BarRounds(width, api, client, symbols, around.outlet, settings) for width in dict.fromkeys(settings.widths)),
    ]


def _reddit(shop: Workshop) -> list[Poll]:
    around, settings = shop.around, shop.around.settings.reddit
    client = shop.client(10.0, 10.0 / reddit_api.CALLS_PER_SECOND, reddit_api.FIRST_BACK_OFF)
    api = reddit_api.RedditApi(client, settings)
    polls: list[Poll] = [
        NewPosts(community, api, client, around.outlet, shop.pseudonyms, settings.poll_seconds)
        for community in communities(around.settings)
    ]
    if settings.check_seconds:
        kept = timedelta(days=around.settings.intake.retain_text_days_reddit)
        schedule = Schedule(timedelta(seconds=settings.check_seconds), kept, reddit_lookup.IDS)
        lookup = reddit_lookup.Lookup(api)
        polls.append(Checks(Source.REDDIT, schedule, lookup, around.database, around.outlet, around.now))
    return polls


def _x(shop: Workshop) -> list[Poll]:
    around, settings = shop.around, shop.around.settings.x
    cap = Cap(around.outlet, around.now)
    client = shop.client(10.0, 10.0 * x_api.WINDOW / x_api.SEARCHES, x_api.FIRST_BACK_OFF)
    api = x_api.XApi(client, settings, x_search.PATH)
    polls: list[Poll] = [x_search.RecentSearch(api, client, cap, around.outlet, shop.pseudonyms, settings)]
    if settings.check_seconds:
        kept = timedelta(days=around.settings.intake.retain_text_days_x)
        schedule = Schedule(timedelta(seconds=settings.check_seconds), kept, X_IDS)
        lookups = shop.client(10.0, 10.0 * x_api.WINDOW / x_api.LOOKUPS, x_api.FIRST_BACK_OFF)
        lookup = x_lookup.Lookup(x_api.XApi(lookups, settings, x_lookup.PATH), cap)
        polls.append(Checks(Source.X, schedule, lookup, around.database, around.outlet, around.now))
    return polls


def _news(shop: Workshop) -> list[Poll]:
    around, settings = shop.around, shop.around.settings.news
    return [
        FeedPoll(address, shop.client(*_NEWS_RATE, _NEWS_BYTES), around.outlet, shop.pseudonyms, settings)
        for address in dict.fromkeys(settings.feeds)
    ]


_POLLS: Final[dict[Feed, Callable[[Workshop], list[Poll]]]] = {
    Feed.YAHOO: _yahoo,
    Feed.REDDIT: _reddit,
    Feed.X: _x,
    Feed.NEWS: _news,
}
