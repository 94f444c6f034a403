"""Posts and their removals: one transaction per batch, roll-ups included; mentions that changed are told."""

from collections.abc import Sequence
from typing import Final

from ingest.listing import session_on
from ingest.pipeline.checks import Unfit
from ingest.pipeline.reading import Reading
from ingest.pipeline.tally import Tally
from storage.database import Database
from storage.event_items import Event, MentionEvent
from storage.intake_group import IntakeGroup
from storage.intake_items import CollectedPost, Item, RemovedPost
from storage.intake_stream import POSTS
from storage.known_posts import known_posts
from storage.post_records import PostRecord, Removal
from storage.terms import Feed
from storage.write_posts import apply_posts

DEMO: Final = Feed.DEMO.value


class PostStage:
    """Stores posts that name listed stocks, and those that are known: they may have named some before."""

    def __init__(self, database: Database, group: IntakeGroup, reading: Reading, tally: Tally) -> None:
        self._database = database
        self._group = group
        self._reading = reading
        self._tally = tally

    @property
    def open(self) -> bool:
        """Whether any stock is listed: until then posts wait."""
        return self._reading.ready

    def prepare(self, item: Item) -> PostRecord | Removal:
        """Find stocks and sentiment."""
        match item:
            case CollectedPost():
                return self._reading.record(item)
            case RemovedPost():
                return Removal(item.source, item.external_id, item.observed_at)
            case _:
                raise Unfit(f"a {type(item).__name__} is no post; it belongs on the stream of prices")

    async def store(self, ready: Sequence[PostRecord | Removal], *, tell_all: bool) -> list[Event]:
        """Write the batch, leaving out posts about nothing that were never about anything."""
        posts = [each for each in ready if isinstance(each, PostRecord)]
        removals = [each for each in ready if isinstance(each, Removal)]
        kept = await self._kept(posts)
        changes = await apply_posts(self._database, kept, removals, tell_all=tell_all)
        self._tally.add(posts=len(posts), removals=len(removals), silent=len(posts) - len(kept))
        self._tally.add(mentions=len(changes.mentions))
        self._tally.add_stored("post", (DEMO if post.simulated else post.source.value for post in posts))
        self._tally.add_stored("removal", (removal.source.value for removal in removals))
        return [MentionEvent(mention) for mention in changes.mentions]

    async def _kept(self, posts: list[PostRecord]) -> list[PostRecord]:
        """Leave out the posts that name no stock and never did.

        While others hold entries, an earlier reading that named one may be among them, stored in a moment. The ledger
        then takes the silent post as well, and turns that reading away. The table is asked after the stream, so a
        reading that leaves the one in between is found in the other.
        """
        silent = [post.key for post in posts if not post.mentions]
        if not silent or not await self._group.alone(POSTS):
            return posts
        about = await known_posts(session_on(self._database), silent)
        about |= {post.key for post in posts if post.mentions}
        return [post for post in posts if post.key in about]
