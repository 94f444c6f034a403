"""The poll for posts that their source has dropped: each known post is looked up, and published as removed when gone.

A post is looked up at the source's interval while it is younger than two days, then daily for as long as its text is
kept. The removal is published before the next look-up is noted: should it be lost, the next look-up finds it again.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from ingest.listing import session_on
from ingest.sources.outlet import Outlet
from storage.database import Database
from storage.intake_items import RemovedPost
from storage.post_checks import DuePost, due_posts, put_off
from storage.terms import Source

AT_ONCE: Final = 100
"""Posts in one look-up, as Reddit and X allow."""
YOUNG: Final = timedelta(days=2)
_LOOKUPS: Final = 20  # in one run: the rest waits for the next, so that reading new posts gets its turns
_EVERY: Final = 60.0
_log = structlog.get_logger()

Lookup = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Takes at most 100 ids and returns those of posts that are gone. Raises SourceFailure."""


class ChecksState(msgspec.Struct):
    """The last look-up, for whoever lists checkpoints; what is due stands in the table of posts."""

    looked_up: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """`interval` for young posts, `kept` is how long a text is; `ids` is the form of the source's own ids."""

    interval: timedelta
    kept: timedelta
    ids: re.Pattern[str]

    def next_check(self, post: DuePost, now: datetime) -> datetime | None:
        """Tell when to look a post up again; None for never."""
        age = now - post.posted_at
        if age > self.kept or not self.ids.fullmatch(post.external_id):
            return None
        return now + (self.interval if age <= YOUNG else max(self.interval, timedelta(days=1)))


class Checks:
    """Looks up the posts of one source that are due."""

    def __init__(
        self,
        source: Source,
        schedule: Schedule,
        lookup: Lookup,
        database: Database,
        outlet: Outlet,
        now: Callable[[], datetime],
    ) -> None:
        self.name = f"{source.value}:checks"
        self.every = min(_EVERY, schedule.interval.total_seconds())
        self._source = source
        self._schedule = schedule
        self._lookup = lookup
        self._database = database
        self._outlet = outlet
        self._now = now

    async def run(self) -> None:
        """Look up what is due, in batches; what an import or the demo brought under ids of its own is left alone."""
        for _ in range(_LOOKUPS):
            now = self._now()
            due = await due_posts(session_on(self._database), self._source, now, AT_ONCE)
            if not due:
                return
            asked = [post.external_id for post in due if self._schedule.ids.fullmatch(post.external_id)]
            gone = await self._lookup(asked) if asked else frozenset()
            removed = [RemovedPost(self._source, each, now) for each in asked if each in gone]
            if asked:
                await self._outlet.publish(removed, self.name, ChecksState(len(asked), len(removed)))
            await put_off(
                self._database, self._source, {post.external_id: self._schedule.next_check(post, now) for post in due}
            )
            if removed:
                _log.info("posts_gone", source=self._source.value, looked_up=len(asked), gone=len(removed))
