"""What did the crowd say about each sector in a window?"""

from loaders.shapes import WholeLoader
from storage import sentiment
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.tags import MENTIONS, STOCKS
from storage.rows import SectorTotals, Window


class SectorsByWindow(WholeLoader[Window, list[SectorTotals]]):
    """Exact totals per sector, by sector name."""

    cached = RowPolicy(Seconds.MINUTE, always(MENTIONS, STOCKS), list[SectorTotals], flight=True)

    async def fetch_one(self, key: Window) -> list[SectorTotals]:
        """Read all sectors."""
        return await sentiment.sectors(self.context.session, key)
