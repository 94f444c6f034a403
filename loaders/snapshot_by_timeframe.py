"""What is trending in a timeframe?"""

from loaders.shapes import WholeLoader
from storage import trending
from storage.rows import SnapshotRow
from storage.terms import Timeframe


class SnapshotByTimeframe(WholeLoader[Timeframe, SnapshotRow | None]):
    """The newest snapshot, computed only when no job has stored one for three intervals."""

    async def fetch_one(self, key: Timeframe) -> SnapshotRow | None:
        """Read it, or have it computed."""
        context = self.context
        return await trending.snapshot(context.session, key, context.now, context.settings.trending_interval)
