"""An update of a stock's quote."""

from collections.abc import Sequence
from typing import ClassVar

import strawberry

from loaders.quote_by_symbol import QuoteBySymbol
from loaders.stock_by_symbol import StockBySymbol
from resolvers.batched import Column, batched
from resolvers.directives import Budget
from resolvers.info import Info
from resolvers.quote import Quote
from resolvers.stock import Stock
from resolvers.updates import Notice, StreamGap, update_cursors, update_gaps


def _stocks(updates: "Sequence[QuoteUpdate]", info: Info) -> Column:
    return info.context.loader(StockBySymbol).load_segment((), [update.notice.topic for update in updates])


def _quotes(updates: "Sequence[QuoteUpdate]", info: Info) -> Column:
    return info.context.loader(QuoteBySymbol).load_segment((), [update.notice.topic for update in updates])


@strawberry.type(description="A stock's newest price.")
class QuoteUpdate:
    """The quote is read when it is asked for, so of many events the last is enough."""

    FIELD: ClassVar[str] = "quoteUpdated"
    notice: strawberry.Private[Notice]

    cursor: str = update_cursors(FIELD)
    stock: Stock | None = batched(_stocks, description="The stock.", directives=[Budget(p90_ms=50)])
    quote: Quote | None = batched(
        _quotes, description="Its newest price; null without any bar.", directives=[Budget(p90_ms=50)]
    )
    gap: StreamGap | None = update_gaps(
        "Set where quotes before this one may have been missed; this one is the newest."
    )
