"""Which stock has this symbol?"""

from collections.abc import Mapping

from loaders.shapes import SymbolLoader
from storage import stocks
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.rows import StockRow


class StockBySymbol(SymbolLoader[str, StockRow | None]):
    """Canonical symbol -> the stock, or null when unknown."""

    cached = RowPolicy(Seconds.FIVE_MINUTES, of_symbol("stock"), StockRow | None, counted=True)

    async def fetch(self, segment: tuple[()], params: list[str]) -> Mapping[str, StockRow]:
        """Read all symbols at once."""
        return await stocks.by_symbols(self.context.session, params)

    def missing(self) -> StockRow | Exception | None:
        """Nothing goes by that symbol."""
        return None
