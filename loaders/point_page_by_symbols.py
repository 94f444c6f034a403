"""How did the mentions of several stocks run side by side? And how many points is that?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from storage import sentiment
from storage.cache.policy import RowPolicy, Seconds
from storage.cache.tags import mention
from storage.paging import Page, PageRequest
from storage.rows import PointRow, Window
from storage.terms import BucketSize


class PointsKey(NamedTuple):
    """Which points: of these symbols, this wide, in this range."""

    symbols: tuple[str, ...]
    bucket: BucketSize
    during: Window | None


class PointPageKey(NamedTuple):
    """Which points, and the page."""

    points: PointsKey
    request: PageRequest


class PointPageBySymbols(WholeLoader[PointPageKey, Page[PointRow]]):
    """One page of points, ordered by time and then symbol."""

    cached = RowPolicy(Seconds.MINUTE, lambda key, _: map(mention, key.points.symbols), Page[PointRow])

    async def fetch_one(self, key: PointPageKey) -> Page[PointRow]:
        """Read the page."""
        return await sentiment.points_across(self.context.session, *key.points, key.request)


class PointCountBySymbols(WholeLoader[PointsKey, int]):
    """How many points there are."""

    cached = RowPolicy(Seconds.MINUTE, lambda key, _: map(mention, key.symbols), int)

    async def fetch_one(self, key: PointsKey) -> int:
        """Count them."""
        return await sentiment.points_across_count(self.context.session, *key)
