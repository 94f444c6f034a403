"""Articles of a feed, from its bytes. Bytes are all that the parser gets: given an address, it would fetch that.

Feeds are wrong in every way there is, so each article stands by itself: one without words is left out, a date that is
none is the time of reading, and a feed that breaks off gives what came before the break.
"""

from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

import feedparser

from ingest.sources.bounds import LONGEST_ID, label, moment
from ingest.sources.failures import Malformed
from ingest.sources.news.links import canonical_link
from ingest.sources.news.plain_text import plain_text

MOST: Final = 1_000
"""Articles read of one feed; a longer one is told in the log."""
_KEPT_HEADERS: Final = ("content-type", "content-language")


@dataclass(frozen=True, slots=True)
class Article:
    """`key` tells it apart from all others; `written_at` is None where the feed gives no date that can be read."""

    key: str
    text: str
    written_at: datetime | None
    url: str | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """`title` names the publisher; `count` is how many articles there were before any was left out."""

    title: str | None
    articles: tuple[Article, ...]
    count: int


def read_feed(body: bytes, headers: Mapping[str, str], address: str) -> Feed:
    """Read a feed that came from an address. Raise Malformed for what is no feed at all."""
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    base = urlsplit(address)._replace(query="", fragment="").geturl()  # a key in the address is to end up in no link
    parsed = feedparser.parse(
        BytesIO(body),
        response_headers={**kept, "content-location": base},
        sanitize_html=False,  # markup goes in any case, and its sanitiser needs the square of the time for "<!--<!--…"
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise Malformed(f"{len(body)} bytes of {headers.get('content-type', 'no content type')[:80]} are no feed")
    host = urlsplit(address).hostname or ""
    articles = [article for entry in parsed.entries[:MOST] if (article := _article(entry, host, base)) is not None]
    title = label(plain_text(str(parsed.feed.get("title") or ""))) or label(host)
    return Feed(title, tuple({article.key: article for article in articles}.values()), len(parsed.entries))


def _article(entry: dict[str, Any], host: str, base: str) -> Article | None:
    title = plain_text(str(entry.get("title") or ""))
    content = next((str(part.get("value") or "") for part in entry.get("content") or ()), "")
    body = plain_text(str(entry.get("summary") or "") or content)
    text = "\n\n".join(dict.fromkeys(part for part in (title, body) if part))
    if not text:
        return None
    url = canonical_link(entry.get("link"), base)
    identity = str(entry.get("id") or "").strip() or url or text
    return Article(_key(canonical_link(identity) or identity, host), text, _written_at(entry), url, _author(entry))


def _key(identity: str, host: str) -> str:
    """Return an id for the table: an address as it is, another id with the feed's host; a digest for a long one."""
    key = identity if canonical_link(identity) == identity else f"{host}:{identity}"
    if len(key) <= LONGEST_ID and key.isprintable():
        return key
    return "digest-" + blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _written_at(entry: dict[str, Any]) -> datetime | None:
    """Return when it was first published, else updated; the parser gives both in UTC."""
    for name in ("published_parsed", "updated_parsed"):
        if (date := dict.get(entry, name)) is not None:  # its own `get` takes one date for the other, and warns
            try:
                return moment(timegm(date))
            except (ValueError, OverflowError):
                continue
    return None


def _author(entry: Mapping[str, Any]) -> str | None:
    return label(plain_text(str(entry.get("author") or "")))
