"""Articles of a feed, from its bytes. Bytes are all that the parser gets: given an address, it would fetch that.

Feeds are wrong in every way there is, so each article stands by itself: one without words is left out, a date that is
none is the time of reading, and a feed that breaks off gives what came before the break.
"""

import re
import sys
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
from storage.text import storable

MOST: Final = 1_000
"""Articles read of one feed; a longer one is told in the log."""
_REFERENCE: Final = re.compile(rb"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));?")
_LONGEST_NUMBER: Final = 7
_SURROGATES: Final = range(0xD800, 0xE000)
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
    try:
        parsed = feedparser.parse(
            BytesIO(_REFERENCE.sub(_possible, body)),
            response_headers={**kept, "content-location": base},
            sanitize_html=False,  # markup goes in any case; its sanitiser takes the square of the time for "<!--<!--…"
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise Malformed(f"{len(body)} bytes on which the parser fails: {type(error).__name__}") from error
    if not parsed.get("version") and not parsed.entries:
        raise Malformed(f"{len(body)} bytes of {headers.get('content-type', 'no content type')[:80]} are no feed")
    host = urlsplit(address).hostname or ""
    articles = [article for entry in parsed.entries[:MOST] if (article := _article(entry, host, base)) is not None]
    title = label(_words(parsed.feed.get("title"))) or label(host)
    return Feed(title, tuple({article.key: article for article in articles}.values()), len(parsed.entries))


def _article(entry: dict[str, Any], host: str, base: str) -> Article | None:
    title = _words(entry.get("title"))
    content = next((part.get("value") for part in entry.get("content") or ()), None)
    body = _words(entry.get("summary") or content)
    text = "\n\n".join(dict.fromkeys(part for part in (title, body) if part))
    if not text:
        return None
    url = canonical_link(storable(str(entry.get("link") or "")), base)
    identity = storable(str(entry.get("id") or "")).strip() or url or text
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
    return label(_words(entry.get("author")))


def _words(value: object) -> str:
    """Return a text without markup, and without NUL, which the parser lets through."""
    return storable(plain_text(str(value or "")))


def _possible(reference: re.Match[bytes]) -> bytes:
    """Return a numeric reference if a character has that number: the parser fails on any other."""
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0") or b"0"
    number = int(digits, 16 if hexadecimal else 10) if len(digits) <= _LONGEST_NUMBER else sys.maxunicode + 1
    return b"&#xFFFD;" if number > sys.maxunicode or number in _SURROGATES else reference[0]
