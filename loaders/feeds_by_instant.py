"""How fresh is each feed?"""

from datetime import datetime

from loaders.shapes import WholeLoader
from storage import feeds
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.tags import FEEDS
from storage.rows import FeedRow


class FeedsByInstant(WholeLoader[datetime, list[FeedRow]]):
    """The newest item of every feed that ever brought one; the key is the request's instant."""

    cached = RowPolicy(Seconds.MINUTE, always(FEEDS), list[FeedRow], shared=False)

    async def fetch_one(self, key: datetime) -> list[FeedRow]:
        """Read all feeds."""
        return await feeds.newest(self.context.session)
