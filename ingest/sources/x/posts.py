"""Posts of X as items: the whole text, unescaped, with the cashtags that X itself has found."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec
import structlog

from ingest.sources.bounds import dated, engagement, fitting, moment, unescaped
from ingest.sources.pseudonyms import Pseudonyms
from ingest.sources.x.shapes import Page, Post
from storage.intake_items import CollectedPost
from storage.symbols import canonical
from storage.terms import Source

IDS: Final = re.compile(r"[0-9]{1,19}")
"""X's ids: they ascend with time, which their bits from the 22nd up hold in milliseconds."""
_EPOCH: Final = 1_288_834_974_657
_log = structlog.get_logger()


def read_posts(page: Page) -> list[Post]:
    """Decode a page's posts; one that cannot be read is told in the log, and spoils no other."""
    found = []
    for raw in page.data:
        try:
            post = msgspec.json.decode(raw, type=Post)
        except msgspec.DecodeError as error:
            _log.warning("post_unreadable", source="x", reason=str(error))
            continue
        if IDS.fullmatch(post.id):
            found.append(post)
        else:
            _log.warning("post_unreadable", source="x", reason="the id is no number")
    return found


def item(post: Post, pseudonyms: Pseudonyms, now: datetime) -> CollectedPost | None:
    """Make an item; None for one without words or a sound date."""
    text = unescaped(post.note_tweet.text if post.note_tweet else post.text).strip()
    posted_at = post.created_at.astimezone(UTC) if post.created_at else moment(((int(post.id) >> 22) + _EPOCH) / 1_000)
    posted_at = dated(posted_at, now, "x", post.id)
    if posted_at is None or not text:
        return None
    symbols = [canonical(cashtag.tag) for cashtag in post.entities.cashtags]
    return CollectedPost(
        source=Source.X,
        external_id=post.id,
        posted_at=posted_at,
        observed_at=now,
        text=fitting(text, "x", post.id),
        author=pseudonyms.of(Source.X, post.author_id) if post.author_id else None,
        url=f"https://x.com/i/web/status/{post.id}",
        engagement=engagement(post.public_metrics.like_count),
        symbols=tuple(dict.fromkeys(symbol for symbol in symbols if symbol is not None)),
    )
