"""Which stock has this symbol?"""

from loaders.base import SymbolLoader
from storage import stocks
from storage.rows import StockRow


class StockBySymbol(SymbolLoader[str, StockRow | None]):
    """Canonical symbol -> the stock, or null when unknown."""

    async def fetch(self, segment: tuple[()], params: list[str]) -> dict[str, StockRow | Exception | None]:
        """Read all symbols at once."""
        found = await stocks.by_symbols(self.context.session, params)
        return {symbol: found.get(symbol) for symbol in params}
