"""A stock's newest price."""

from datetime import datetime

import strawberry

from resolvers.scalars import BigInt


@strawberry.type(description="The newest price of a stock, and how it moved against the previous session.")
class Quote:
    """Reads a QuoteRow. Prices in the listing's currency."""

    price: float = strawberry.field(description="Close of the newest bar.")
    change: float | None = strawberry.field(
        description="Price less the close of the previous session's last bar; null in the first session."
    )
    change_percent: float | None = strawberry.field(description="The same in percent of that close.")
    volume: BigInt = strawberry.field(description="Volume of the newest bar, in shares.")
    at: datetime = strawberry.field(description="Start of the newest bar.")
    simulated: bool = strawberry.field(description="Whether the price is made up for demonstration.")
