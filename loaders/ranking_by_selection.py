"""Who leads a snapshot, by this measure and with at least so many mentions?"""

from typing import ClassVar

from loaders.ranking import Ranking
from loaders.shapes import WholeLoader
from loaders.snapshot_by_timeframe import SnapshotByTimeframe
from storage.cache.policy import RowPolicy, Seconds
from storage.cache.tags import trending
from storage.leaders import Selection

_ENTRY_BYTES = 150  # of a snapshot's entry; the snapshot may be held by this alone


def _size(ranking: Ranking | None) -> int:
    return _ENTRY_BYTES * len(ranking.snapshot.entries) if ranking is not None else 0


class RankingBySelection(WholeLoader[Selection, Ranking | None]):
    """Ranks once per selection, so a list and every `Stock.trend` of one answer agree; null without a snapshot."""

    cached = RowPolicy(Seconds.MINUTE, lambda key, _: (trending(key.timeframe),), Ranking, shared=False, size=_size)
    takes_lane: ClassVar[bool] = False

    async def fetch_one(self, key: Selection) -> Ranking | None:
        """Rank the snapshot that the timeframe has."""
        snapshot = await self.context.loader(SnapshotByTimeframe).load(key.timeframe)
        return Ranking(snapshot, key.rank_by, key.min_mentions) if snapshot is not None else None
