"""Which mentions does this stock have on this page? And how many in all?"""

from typing import NamedTuple

from loaders.shapes import SymbolLoader
from storage import mentions
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.mentions import MentionFilter
from storage.paging import Page, PageRequest
from storage.rows import BriefMentionRow, MentionRow


class MentionPageKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    filter: MentionFilter
    request: PageRequest


class MentionPageBySymbol(SymbolLoader[MentionPageKey, Page[MentionRow]]):
    """One page of a stock's mentions, newest first."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), Page[MentionRow])

    async def fetch(self, segment: tuple[MentionFilter, PageRequest], params: list[str]) -> dict[str, Page[MentionRow]]:
        """Read one segment."""
        return await mentions.pages_by_symbol(self.context.session, params, *segment)

    def missing(self) -> Page[MentionRow]:
        """Nobody spoke of it."""
        return Page([], has_next=False, has_previous=False)


class BriefMentionPageBySymbol(SymbolLoader[MentionPageKey, Page[BriefMentionRow]]):
    """The same page, where nobody asks how its mentions were scored and found."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), Page[BriefMentionRow])

    async def fetch(
        self, segment: tuple[MentionFilter, PageRequest], params: list[str]
    ) -> dict[str, Page[BriefMentionRow]]:
        """Read one segment."""
        return await mentions.brief_pages_by_symbol(self.context.session, params, *segment)

    def missing(self) -> Page[BriefMentionRow]:
        """Nobody spoke of it."""
        return Page([], has_next=False, has_previous=False)


class MentionCountKey(NamedTuple):
    """A symbol, then what its segment shares."""

    symbol: str
    filter: MentionFilter


class MentionCountBySymbol(SymbolLoader[MentionCountKey, int]):
    """How many mentions a stock has."""

    cached = RowPolicy(Seconds.MINUTE, of_symbol("mention"), int)

    async def fetch(self, segment: tuple[MentionFilter], params: list[str]) -> dict[str, int]:
        """Count one segment."""
        return await mentions.counts_by_symbol(self.context.session, params, *segment)

    def missing(self) -> int:
        """Nobody spoke of it."""
        return 0
