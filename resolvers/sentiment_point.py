"""Sentiment bucket by bucket."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers.batched import batched
from resolvers.directives import Budget
from resolvers.stock_of import stocks_of
from storage.paging import Position
from storage.rows import PointRow

if TYPE_CHECKING:
    from resolvers.stock import Stock


@strawberry.type(description="Mentions of one stock in one bucket of time.")
class SentimentPoint:
    """Reads a PointRow. A filled gap has no mentions and no score."""

    symbol: str = strawberry.field(description="The stock's symbol.")
    time: datetime = strawberry.field(description="Start of the bucket, UTC.")
    mention_count: int = strawberry.field(description="Mentions in the bucket.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1]; null without mentions.")
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")

    stock: Annotated["Stock", strawberry.lazy("resolvers.stock")] | None = batched(
        stocks_of, description="The stock itself.", directives=[Budget(p90_ms=50)]
    )


def position(row: PointRow) -> Position:
    """Return what one stock's points are ordered by."""
    return (row.time,)


def position_across(row: PointRow) -> Position:
    """Return what the points of several stocks are ordered by."""
    return (row.time, row.symbol)
