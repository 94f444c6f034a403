"""An update of a trending list."""

from typing import ClassVar

import strawberry

from loaders.ranking_by_selection import RankingBySelection, Selection
from resolvers.directives import ListSize
from resolvers.info import Info
from resolvers.sizes import HEAVY
from resolvers.trending import TrendingSnapshot
from resolvers.updates import Notice, StreamGap, sealed

# `first` stands at the root field; this is the most that it can be by default.
LEADERS = ListSize(assumed_size=100, sized_fields=["entries"], require_one_slicing_argument=False)


@strawberry.type(description="A trending list as it now stands.")
class TrendingUpdate:
    """The snapshot is ranked when it is asked for, from the one that all readers share."""

    FIELD: ClassVar[str] = "trendingUpdated"
    notice: strawberry.Private[Notice]
    selection: strawberry.Private[Selection]
    first: strawberry.Private[int]

    @strawberry.field(description="The place of this update; send it as `after` to go on from here.")
    def cursor(self, info: Info) -> str:
        """Seal it."""
        return sealed(info, self.FIELD, self.notice.position)

    @strawberry.field(
        description="The newest snapshot, best first; null while there is none.", directives=[LEADERS, HEAVY]
    )
    async def snapshot(self, info: Info) -> TrendingSnapshot | None:
        """Rank the newest snapshot."""
        ranking = await info.context.loader(RankingBySelection).load(self.selection)
        return TrendingSnapshot.of(ranking, self.first) if ranking is not None else None

    @strawberry.field(description="Set where snapshots before this one may have been missed; this one is the newest.")
    def gap(self) -> StreamGap | None:
        """Publish it."""
        return StreamGap.of(self.notice.gap)
