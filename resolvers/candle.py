"""Candles: one by one in a connection, or column by column for charts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import strawberry

from resolvers.scalars import BigInt
from storage.paging import Position
from storage.rows import CandleRow


@strawberry.type(description="Open, high, low, close and volume of one bucket of time.")
class Candle:
    """Reads a CandleRow. Prices in the listing's currency, volume in shares."""

    time: datetime = strawberry.field(description="Start of the bucket; of a daily candle, 00:00Z of its session day.")
    open: float = strawberry.field(description="First price.")
    high: float = strawberry.field(description="Highest price.")
    low: float = strawberry.field(description="Lowest price.")
    close: float = strawberry.field(description="Last price.")
    volume: BigInt = strawberry.field(description="Shares traded.")


def position(row: CandleRow) -> Position:
    """Return what candles are ordered by."""
    return (row.time,)


@strawberry.type(description="Candles column by column, oldest first: the form that charts take. All lists align.")
class PriceSeries:
    """Half the bytes of the same candles in a connection."""

    time: list[datetime] = strawberry.field(description="Starts of the buckets.")
    open: list[float] = strawberry.field(description="First prices.")
    high: list[float] = strawberry.field(description="Highest prices.")
    low: list[float] = strawberry.field(description="Lowest prices.")
    close: list[float] = strawberry.field(description="Last prices.")
    volume: list[BigInt] = strawberry.field(description="Shares traded.")

    @classmethod
    def of(cls, rows: Sequence[CandleRow]) -> Self:
        """Turn rows into columns."""
        return cls(
            time=[row.time for row in rows],
            open=[row.open for row in rows],
            high=[row.high for row in rows],
            low=[row.low for row in rows],
            close=[row.close for row in rows],
            volume=[BigInt(row.volume) for row in rows],
        )
