"""How stocks can be ordered, and a stock's place in each order."""

from collections.abc import Callable
from typing import Annotated

import strawberry

from resolvers.enums import Direction, StockOrderField
from storage.paging import Position
from storage.rows import StockRow
from storage.text import ascii_lower


@strawberry.input(description="By what stocks are ordered.")
class StockOrder:
    """A column and a direction."""

    field: StockOrderField = strawberry.field(description="The column.")
    direction: Direction = strawberry.field(description="Smallest or largest first.")


BY_SYMBOL = StockOrder(field=StockOrderField.SYMBOL, direction=Direction.ASC)
OrderBy = Annotated[StockOrder, strawberry.argument(description="By what the stocks are ordered.")]


def positions(field: StockOrderField) -> Callable[[StockRow], Position]:
    """Return how a stock's position is read off its row; symbols break ties."""
    return _POSITIONS[field]


_POSITIONS: dict[StockOrderField, Callable[[StockRow], Position]] = {
    StockOrderField.SYMBOL: lambda row: (row.symbol,),
    StockOrderField.NAME: lambda row: (ascii_lower(row.name), row.symbol),
    StockOrderField.MARKET_CAP: lambda row: (row.market_cap, row.symbol),
}
