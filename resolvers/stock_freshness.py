"""How new the newest of a stock's data is."""

from collections.abc import Sequence
from typing import Any

from loaders.mention_page_by_symbol import MentionPageBySymbol
from loaders.quote_by_symbol import QuoteBySymbol
from resolvers.batched import settled
from resolvers.info import Info
from storage.mentions import MentionFilter
from storage.paging import PageRequest
from storage.rows import StockRow

_NEWEST = (MentionFilter(), PageRequest(1))


async def updated_at(stocks: Sequence[StockRow], info: Info) -> list[Any]:
    """Return the later of the quote's time and the newest mention's; the quotes are those that `quote` reads."""
    symbols = [stock.symbol for stock in stocks]
    quotes = info.context.loader(QuoteBySymbol).load_segment((), symbols)
    pages = info.context.loader(MentionPageBySymbol).load_segment(_NEWEST, symbols)
    return list(map(_later, await settled(quotes), await settled(pages)))


def _later(quote: Any, page: Any) -> Any:
    for failure in (quote, page):
        if isinstance(failure, Exception):
            return failure
    times = [row.posted_at for row in page.rows]
    if quote is not None:
        times.append(quote.at)
    return max(times, default=None)
