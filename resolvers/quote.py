"""A stock's newest price."""

from datetime import datetime
from typing import Self

import strawberry

from resolvers.scalars import BigInt
from storage.rows import QuoteRow


@strawberry.type(description="The newest price of a stock, and how it moved against the previous session.")
class Quote:
    """Prices in the listing's currency."""

    price: float = strawberry.field(description="Close of the newest bar.")
    change: float | None = strawberry.field(
        description="Price less the close of the previous session's last bar; null in the first session."
    )
    change_percent: float | None = strawberry.field(description="The same in percent of that close.")
    volume: BigInt = strawberry.field(description="Volume of the newest bar, in shares.")
    at: datetime = strawberry.field(description="Start of the newest bar.")
    simulated: bool = strawberry.field(description="Whether the price is made up for demonstration.")

    @classmethod
    def of(cls, row: QuoteRow) -> Self:
        """Publish a quote."""
        previous = row.previous_close
        change = None if previous is None else row.price - previous
        return cls(
            price=row.price,
            change=change,
            change_percent=None if change is None or not previous else change / previous * 100,
            volume=BigInt(row.volume),
            at=row.at,
            simulated=row.simulated,
        )
