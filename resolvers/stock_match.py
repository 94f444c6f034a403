"""A search hit."""

from collections.abc import Sequence
from enum import Enum

import strawberry

from resolvers.batched import Column, batched
from resolvers.info import Info
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


def _reasons(matches: Sequence[StockMatchRow], _: Info) -> Column:
    return [MatchReason(match.reason) for match in matches]


@strawberry.type(description="A stock that a search found, and why.")
class StockMatch:
    """Reads a StockMatchRow. Best matches come first."""

    stock: Stock = strawberry.field(description="The stock.")
    reason: MatchReason = batched(_reasons, description="Why it matched.")
    score: float = strawberry.field(description="How well, from 0 to 1.")
