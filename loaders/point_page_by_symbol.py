"""How did the mentions of this stock run, bucket by bucket? And how many buckets are there?"""

from typing import NamedTuple

from loaders.shapes import SymbolLoader
from storage import sentiment
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.paging import Page, PageRequest
from storage.rows import PointRow, Window
from storage.terms import BucketSize, Source


class PointPageKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    bucket: BucketSize
    during: Window | None
    source: Source | None
    fill_gaps: bool
    request: PageRequest


class PointPageBySymbol(SymbolLoader[PointPageKey, Page[PointRow]]):
    """One page of sentiment points, oldest first."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), Page[PointRow])

    async def fetch(
        self, segment: tuple[BucketSize, Window | None, Source | None, bool, PageRequest], params: list[str]
    ) -> dict[str, Page[PointRow]]:
        """Read one segment."""
        return await sentiment.points(self.context.session, params, *segment)

    def missing(self) -> Page[PointRow]:
        """Stocks without mentions have an empty page."""
        return Page([], has_next=False, has_previous=False)


class PointCountKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    bucket: BucketSize
    during: Window | None
    source: Source | None
    fill_gaps: bool


class PointCountBySymbol(SymbolLoader[PointCountKey, int]):
    """How many points there are."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), int)

    async def fetch(
        self, segment: tuple[BucketSize, Window | None, Source | None, bool], params: list[str]
    ) -> dict[str, int]:
        """Count one segment."""
        return await sentiment.point_counts(self.context.session, params, *segment)

    def missing(self) -> int:
        """Stocks without mentions have none."""
        return 0
