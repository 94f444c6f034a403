"""Arguments that many fields share, with their descriptions: pages, ranges, windows, ranks."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.enums import BucketSize, Source, Timeframe, TrendingRank

First = Annotated[int | None, strawberry.argument(description="How many items from the start, or after `after`.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the item before the page.")]
Last = Annotated[int | None, strawberry.argument(description="How many items from the end, or before `before`.")]
Before = Annotated[str | None, strawberry.argument(description="Cursor of the item after the page.")]


@strawberry.input(description="A half-open range of time: from its start up to, and without, its end.")
class TimeRange:
    """[from, to)."""

    start: datetime = strawberry.field(name="from", description="The start, included.")
    end: datetime = strawberry.field(name="to", description="The end, excluded.")


During = Annotated[TimeRange | None, strawberry.argument(description="Only what lies in this range; all when absent.")]
TimeframeArgument = Annotated[Timeframe, strawberry.argument(description="How far back the window reaches.")]
CandleBucket = Annotated[BucketSize, strawberry.argument(description="Width of a candle.")]
PointBucket = Annotated[BucketSize, strawberry.argument(description="Width of a point.")]
OneSource = Annotated[Source | None, strawberry.argument(description="One source only; all when absent.")]
FillGaps = Annotated[bool, strawberry.argument(description="Also give buckets without mentions.")]
RankBy = Annotated[TrendingRank, strawberry.argument(description="What ranks are by.")]
MinMentions = Annotated[int, strawberry.argument(description="Leave out stocks with fewer mentions.")]
