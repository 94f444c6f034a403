"""What did the crowd say about each sector in a window?"""

from loaders.shapes import WholeLoader
from storage import sentiment
from storage.rows import SectorTotals, Window


class SectorsByWindow(WholeLoader[Window, list[SectorTotals]]):
    """Exact totals per sector, by sector name."""

    async def fetch_one(self, key: Window) -> list[SectorTotals]:
        """Read all sectors."""
        return await sentiment.sectors(self.context.session, key)
