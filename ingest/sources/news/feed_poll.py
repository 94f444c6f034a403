"""The poll for one feed: asked for only if it changed, and only articles that were not there before are published."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog
from pydantic import SecretStr

from ingest.sources.answer import Answer
from ingest.sources.bounds import dated, fitting, link
from ingest.sources.client import Client
from ingest.sources.failures import Malformed, RateLimited, Refused
from ingest.sources.news.articles import MOST, Article, read_feed
from ingest.sources.outlet import Outlet
from ingest.sources.pseudonyms import Pseudonyms
from ops.source_settings import NewsSettings
from storage.intake_items import CollectedPost
from storage.terms import Source

_REFUSED_PAUSE: Final = 3_600.0
_LONGEST_VALIDATOR: Final = 500
_HEADERS: Final = {
    "user-agent": "InsiteChart feed reader",
    "accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1",
}
_log = structlog.get_logger()


class FeedState(msgspec.Struct):
    """The validators of the last answer, and digests of the articles that were read, newest answer first."""

    etag: str | None = None
    modified: str | None = None
    seen: list[bytes] = []


def name_of(address: str) -> str:
    """Return a feed's name for logs and checkpoints; the address may hold a key, so host and a digest stand for it."""
    return f"news:{urlsplit(address).hostname}:{blake2b(address.encode(), digest_size=4).hexdigest()}"


class FeedPoll:
    """Reads one feed."""

    def __init__(
        self, address: SecretStr, client: Client, outlet: Outlet, pseudonyms: Pseudonyms, settings: NewsSettings
    ) -> None:
        self._address = address.get_secret_value()
        self.name = name_of(self._address)
        self.every = settings.poll_seconds
        self._client = client
        self._outlet = outlet
        self._pseudonyms = pseudonyms
        self._lookback = timedelta(days=settings.lookback_days)

    async def run(self) -> None:
        """Publish the articles that are new."""
        state = await self._outlet.state(self.name, FeedState)
        conditions = {"if-none-match": state.etag, "if-modified-since": state.modified}
        asked = _HEADERS | {name: value for name, value in conditions.items() if value}
        answer = await self._client.get(self._address, {}, asked)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return
        self._judge(answer)
        feed = await asyncio.to_thread(read_feed, answer.body, answer.headers, self._address)
        if feed.count > MOST:
            _log.warning("feed_too_long", poll=self.name, articles=feed.count, read=MOST)
        known = set(state.seen)
        new = [article for article in feed.articles if _digest(article.key) not in known]
        etag, modified = (
            answer.headers.get(name, "")[:_LONGEST_VALIDATOR] or None for name in ("etag", "last-modified")
        )
        seen = [*dict.fromkeys([_digest(article.key) for article in feed.articles] + state.seen)][: 2 * MOST]
        after = FeedState(etag, modified, seen)
        if after != state:
            await self._outlet.publish(self._items(new, feed.title, first=not state.seen), self.name, after)

    def _judge(self, answer: Answer) -> None:
        """Raise where an answer holds no feed; where it has moved, say so: the address is the operator's to change."""
        pace = self._client.pace
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited("too many requests", pace.refused(answer.wait_after(self._client.now())))
        pace.accepted()
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            host = _host(answer.headers.get("location", "")) or "another address of the same host"
            raise Refused(f"HTTP {answer.status}: the feed has moved to {host}; set its new address", _REFUSED_PAUSE)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise Refused(f"HTTP {answer.status}", _REFUSED_PAUSE)
        if answer.status != HTTPStatus.OK:
            raise Malformed(f"HTTP {answer.status} instead of a feed")

    def _items(self, articles: Sequence[Article], publisher: str | None, *, first: bool) -> list[CollectedPost]:
        """Make items, the oldest first; a feed that is read for the first time gives no more than its last days."""
        now = self._client.now()
        items = []
        for article in articles:
            posted_at = dated(article.written_at or now, now, "news", article.key)
            if posted_at is None or (first and posted_at < now - self._lookback):
                continue
            items.append(
                CollectedPost(
                    source=Source.NEWS,
                    external_id=article.key,
                    posted_at=posted_at,
                    observed_at=now,
                    text=fitting(article.text, "news", article.key),
                    community=publisher,
                    author=self._pseudonyms.of(Source.NEWS, article.author) if article.author else None,
                    url=link(article.url),
                )
            )
        return sorted(items, key=lambda item: item.posted_at)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return "an address that is none"


def _digest(key: str) -> bytes:
    return blake2b(key.encode(errors="surrogatepass"), digest_size=8).digest()
