"""What is this stock's newest price?"""

from loaders.base import SymbolLoader
from storage import prices
from storage.rows import QuoteRow


class QuoteBySymbol(SymbolLoader[str, QuoteRow | None]):
    """Canonical symbol -> its quote, or null without any bar."""

    async def fetch(self, segment: tuple[()], params: list[str]) -> dict[str, QuoteRow | Exception | None]:
        """Read all symbols at once."""
        found = await prices.quotes(self.context.session, params)
        return {symbol: found.get(symbol) for symbol in params}
