"""What is this stock's newest price?"""

from collections.abc import Mapping

from loaders.shapes import SymbolLoader
from storage import prices
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.rows import QuoteRow


class QuoteBySymbol(SymbolLoader[str, QuoteRow | None]):
    """Canonical symbol -> its quote, or null without any bar."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("quote"), QuoteRow | None, counted=True)

    async def fetch(self, segment: tuple[()], params: list[str]) -> Mapping[str, QuoteRow]:
        """Read all symbols at once."""
        return await prices.quotes(self.context.session, params)

    def missing(self) -> QuoteRow | Exception | None:
        """Nothing goes by that symbol."""
        return None
