"""What is trending in a timeframe?"""

from loaders.shapes import WholeLoader
from storage import trending
from storage.cache.policy import RowPolicy, Seconds
from storage.cache.tags import trending as trending_tag
from storage.rows import SnapshotRow
from storage.terms import Timeframe

_MOST = 4_000_000  # some 150 bytes a symbol


class SnapshotByTimeframe(WholeLoader[Timeframe, SnapshotRow | None]):
    """The newest snapshot, computed only when no job has stored one for three intervals."""

    cached = RowPolicy(Seconds.MINUTE, lambda key, _: (trending_tag(key),), SnapshotRow | None, flight=True, most=_MOST)

    async def fetch_one(self, key: Timeframe) -> SnapshotRow | None:
        """Read it, or have it computed."""
        context = self.context
        return await trending.snapshot(context.session, key, context.now, context.settings.trending_interval)
