"""A search hit."""

from enum import Enum
from typing import Self

import strawberry

from resolvers.stock import Stock
from storage.rows import StockMatchRow


@strawberry.enum(description="Why a stock matched a search text.")
class MatchReason(Enum):
    """Best reason first."""

    SYMBOL = strawberry.enum_value("symbol", description="The text is its symbol.")
    SYMBOL_PREFIX = strawberry.enum_value("symbol_prefix", description="Its symbol begins with the text.")
    NAME_PREFIX = strawberry.enum_value("name_prefix", description="Its name begins with the text.")
    NAME = strawberry.enum_value("name", description="Its name contains the text.")
    SIMILAR = strawberry.enum_value("similar", description="Its name resembles the text, as after a slip in typing.")


@strawberry.type(description="A stock that a search found, and why.")
class StockMatch:
    """Best matches come first."""

    stock: Stock = strawberry.field(description="The stock.")
    reason: MatchReason = strawberry.field(description="Why it matched.")
    score: float = strawberry.field(description="How well, from 0 to 1.")

    @classmethod
    def of(cls, row: StockMatchRow) -> Self:
        """Publish a match."""
        return cls(stock=Stock.of(row.stock), reason=MatchReason(row.reason), score=row.score)
