"""What the tables can hold, and what cannot be true: dates ahead of the clock, texts and numbers beyond all bounds."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Final

import structlog

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD: Final = timedelta(days=1)
LONGEST_TEXT: Final = 40_000
LONGEST_LABEL: Final = 200
LONGEST_URL: Final = 2_000
LONGEST_ID: Final = 200
_MOST_ENGAGEMENT: Final = 2**31 - 1
_ENDLESS_REFERENCE: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{12,};?")
_log = structlog.get_logger()


def moment(seconds: float) -> datetime | None:
    """Read seconds since 1970 in UTC; None for what is no date."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def dated(posted_at: datetime | None, observed_at: datetime, source: str, post: str) -> datetime | None:
    """Return when a post counts as written: never after it was read, for clocks differ.

    None, with a line in the log, where the date is none, lies before 2000 or more than a day ahead.
    """
    if posted_at is None or posted_at < EARLIEST or posted_at > observed_at + MOST_AHEAD:
        _log.warning("post_without_date", source=source, post=post, date=posted_at and posted_at.isoformat())
        return None
    return min(posted_at, observed_at)


def fitting(text: str, source: str, post: str) -> str:
    """Return a text as it can be stored; what is beyond 40,000 characters is cut off, and the log says so."""
    if len(text) > LONGEST_TEXT:
        _log.warning("post_cut", source=source, post=post, characters=len(text), kept=LONGEST_TEXT)
    return text[:LONGEST_TEXT]


def unescaped(text: str) -> str:
    """Resolve the entities of HTML; a number of a hundred digits is no character, and Python would refuse it."""
    return unescape(_ENDLESS_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))


def label(text: str | None) -> str | None:
    """Return a short text on one line, at most 200 characters; None for an empty one."""
    return " ".join((text or "").split())[:LONGEST_LABEL].strip() or None


def link(url: str | None) -> str | None:
    """Return a web address that can be stored, else None: half an address is none."""
    return url if url and url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL else None


def engagement(count: float | None) -> int | None:
    """Return a count of likes as the table takes it: a post that is voted down has none."""
    return None if count is None else int(min(max(count, 0), _MOST_ENGAGEMENT))
