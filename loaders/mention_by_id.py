"""Which mention has this id?"""

from datetime import datetime
from typing import NamedTuple

from loaders.base import Loader
from storage import mentions
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.tags import MENTIONS
from storage.rows import MentionRow


class MentionKey(NamedTuple):
    """When it was posted, which finds its chunk, and its number."""

    posted_at: datetime
    mention_id: int


class MentionById(Loader[MentionKey, None, MentionKey, MentionRow | None]):
    """The mention, or null when it is gone."""

    cached = RowPolicy(Seconds.MINUTE, always(MENTIONS), MentionRow | None, shared=False)

    @staticmethod
    def split(key: MentionKey) -> tuple[None, MentionKey]:
        """Put all ids into one segment."""
        return None, key

    async def fetch(self, segment: None, params: list[MentionKey]) -> dict[MentionKey, MentionRow | Exception | None]:
        """Read all ids at once."""
        found = await mentions.by_ids(self.context.session, params)
        return {key: found.get(key) for key in params}
