"""An update of a trending list."""

from collections.abc import Sequence
from typing import ClassVar

import strawberry

from loaders.ranking import Leaders, Ranking
from loaders.ranking_by_selection import RankingBySelection
from resolvers.batched import Column, batched, published
from resolvers.directives import Budget, ListSize
from resolvers.info import Info
from resolvers.sizes import HEAVY
from resolvers.trending import TrendingSnapshot
from resolvers.updates import Notice, StreamGap, update_cursors, update_gaps
from storage.leaders import Selection

# `first` stands at the root field; this is the most that it can be by default.
LEADERS = ListSize(assumed_size=100, sized_fields=["entries"], require_one_slicing_argument=False)


def _snapshots(updates: "Sequence[TrendingUpdate]", info: Info) -> Column:
    found = info.context.loader(RankingBySelection).load_column([update.selection for update in updates])
    return published(updates, found, _leaders)


def _leaders(updates: "Sequence[TrendingUpdate]", rankings: Sequence[Ranking | None]) -> list[Leaders | None]:
    pairs = zip(updates, rankings, strict=True)
    return [None if ranking is None else Leaders(ranking, update.first) for update, ranking in pairs]


@strawberry.type(description="A trending list as it now stands.")
class TrendingUpdate:
    """The snapshot is ranked when it is asked for, from the one that all readers share."""

    FIELD: ClassVar[str] = "trendingUpdated"
    notice: strawberry.Private[Notice]
    selection: strawberry.Private[Selection]
    first: strawberry.Private[int]

    cursor: str = update_cursors(FIELD)
    snapshot: TrendingSnapshot | None = batched(
        _snapshots,
        description="The newest snapshot, best first; null while there is none.",
        directives=[LEADERS, HEAVY, Budget(p90_ms=100)],
    )
    gap: StreamGap | None = update_gaps(
        "Set where snapshots before this one may have been missed; this one is the newest."
    )
