"""Trending: a snapshot's leaders, and one stock's entry in the same snapshot."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.arguments import within
from resolvers.batched import batched
from resolvers.directives import Budget
from resolvers.enums import Timeframe, TrendingRank
from resolvers.stock_of import stocks_of
from resolvers.windows import Window
from storage.leaders import Selection

if TYPE_CHECKING:
    from resolvers.stock import Stock


@strawberry.type(description="A stock's place in a trending snapshot.")
class TrendingStock:
    """Reads a Ranked. Counts are of the snapshot's window and of the one before it, equally long."""

    rank: int = strawberry.field(description="Place by the chosen measure, from 1.")
    previous_rank: int | None = strawberry.field(
        description="Place by mentions in the window before; null when not mentioned then, or for another measure."
    )
    mention_count: int = strawberry.field(
        description="Mentions in the window that count: each text once an hour, each author three times an hour."
    )
    previous_mention_count: int = strawberry.field(description="Mentions that count in the window before.")
    discounted_count: int = strawberry.field(
        description="Mentions in the window that do not count: copies of a text, and an author's beyond three an hour."
    )
    growth: float | None = strawberry.field(
        description=(
            "Mentions over those of the window before, less 1; null when there were none. Ranking by growth adds 20 "
            "mentions to both, so that few mentions cannot lead."
        )
    )
    z_score: float | None = strawberry.field(
        description=(
            "Deviations by which the mentions exceed the mean of the same window in up to 8 earlier weeks (for MONTH, "
            "every fifth week); a deviation is at least the root of the mean, and 1. Null with fewer than 4 such "
            "windows since the first mention."
        )
    )
    average_score: float | None = strawberry.field(
        description="Mean sentiment score of the mentions that count, in [-1, 1]."
    )
    sentiment_rank: int | None = strawberry.field(description="Place by mean score among the same stocks, from 1.")

    stock: Annotated["Stock", strawberry.lazy("resolvers.stock")] | None = batched(
        stocks_of, description="The stock itself.", directives=[Budget(p90_ms=50)]
    )


def selection(timeframe: Timeframe, rank_by: TrendingRank, min_mentions: int) -> Selection:
    """Check what a list and a single entry are selected by."""
    return Selection(timeframe, rank_by, within("minMentions", min_mentions, 1, 2**31 - 1))


@strawberry.type(description="Who was talked about most in a timeframe, computed for all stocks at once.")
class TrendingSnapshot:
    """Reads Leaders. One snapshot serves all readers for one interval."""

    window: Window = strawberry.field(description="The snapshot's own window.")
    computed_at: datetime = strawberry.field(description="When it was computed.")
    rank_by: TrendingRank = strawberry.field(description="What the entries are ordered by.")
    entries: list[TrendingStock] = strawberry.field(description="The leaders, best first.")
