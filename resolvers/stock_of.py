"""The stocks that rows speak of, by the rows' symbols."""

from collections.abc import Sequence
from typing import Any

from loaders.stock_by_symbol import StockBySymbol
from resolvers.batched import Column
from resolvers.info import Info


def stocks_of(rows: Sequence[Any], info: Info) -> Column:
    """Load the stock of each row that has a `symbol`."""
    return info.context.loader(StockBySymbol).load_segment((), [row.symbol for row in rows])
