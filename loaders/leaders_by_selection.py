"""Who leads a snapshot, where an answer shows nothing else of it?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from loaders.stock_by_symbol import StockBySymbol
from storage.cache.policy import RowPolicy, Seconds
from storage.cache.tags import trending
from storage.leaders import LeadersRow, Selection, leaders


class LeadersKey(NamedTuple):
    """What is ranked, how many entries of it, and whether their stocks will be asked for."""

    selection: Selection
    first: int
    stocks: bool


class LeadersBySelection(WholeLoader[LeadersKey, LeadersRow]):
    """One list. Several that shall agree are made of one snapshot by `RankingBySelection`."""

    cached = RowPolicy(Seconds.MINUTE, lambda key, _: (trending(key.selection.timeframe),), LeadersRow, flight=True)

    async def fetch_one(self, key: LeadersKey) -> LeadersRow:
        """Read the first entries; their stocks come with them, and answer `StockBySymbol`."""
        context = self.context
        found, stocks = await leaders(
            context.session,
            key.selection,
            key.first,
            context.now,
            context.settings.trending_interval,
            stocks=key.stocks,
        )
        if stocks:
            context.loader(StockBySymbol).remember((), stocks)
            context.note(StockBySymbol.cached, (), tuple(stocks))
        return found
