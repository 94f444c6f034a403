"""Sentiment bucket by bucket."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from resolvers.info import Info
from resolvers.sentiment import average
from storage.paging import Position
from storage.rows import PointRow

if TYPE_CHECKING:
    from resolvers.stock import Stock


@strawberry.type(description="Mentions of one stock in one bucket of time.")
class SentimentPoint:
    """A filled gap has no mentions and no score."""

    symbol: str = strawberry.field(description="The stock's symbol.")
    time: datetime = strawberry.field(description="Start of the bucket, UTC.")
    mention_count: int = strawberry.field(description="Mentions in the bucket.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1]; null without mentions.")
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")

    @strawberry.field(description="The stock itself.")
    async def stock(self, info: Info) -> Annotated["Stock", strawberry.lazy("resolvers.stock")] | None:
        """Load it by symbol."""
        from resolvers.stock import stock_named  # noqa: PLC0415 - stocks have points and points a stock

        return await stock_named(info, self.symbol)

    @classmethod
    def of(cls, row: PointRow) -> Self:
        """Publish a point."""
        totals = row.totals
        return cls(
            symbol=row.symbol,
            time=row.time,
            mention_count=totals.mention_count,
            average_score=average(totals),
            positive=totals.positive,
            neutral=totals.neutral,
            negative=totals.negative,
        )


def position(row: PointRow) -> Position:
    """Return what one stock's points are ordered by."""
    return (row.time,)


def position_across(row: PointRow) -> Position:
    """Return what the points of several stocks are ordered by."""
    return (row.time, row.symbol)
