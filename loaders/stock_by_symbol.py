"""Which stock has this symbol?"""

from collections.abc import Mapping

from loaders.shapes import SymbolLoader
from storage import stocks
from storage.rows import StockRow


class StockBySymbol(SymbolLoader[str, StockRow | None]):
    """Canonical symbol -> the stock, or null when unknown."""

    async def fetch(self, segment: tuple[()], params: list[str]) -> Mapping[str, StockRow]:
        """Read all symbols at once."""
        return await stocks.by_symbols(self.context.session, params)

    def missing(self) -> StockRow | Exception | None:
        """Nothing goes by that symbol."""
        return None
