"""Which mentions, of whatever stock, pass a filter on this page? And how many in all?"""

from typing import NamedTuple

from loaders.shapes import WholeLoader
from storage import mentions
from storage.cache.policy import RowPolicy, Seconds, always
from storage.cache.tags import MENTIONS
from storage.mentions import MentionFilter
from storage.paging import Page, PageRequest
from storage.rows import MentionRow


class MentionPageKey(NamedTuple):
    """A filter and a page."""

    filter: MentionFilter
    request: PageRequest


class MentionPageByFilter(WholeLoader[MentionPageKey, Page[MentionRow]]):
    """One page of mentions, newest first."""

    cached = RowPolicy(Seconds.MINUTE, always(MENTIONS), Page[MentionRow], shared=False)

    async def fetch_one(self, key: MentionPageKey) -> Page[MentionRow]:
        """Read the page."""
        return await mentions.page(self.context.session, *key)


class MentionCountByFilter(WholeLoader[MentionFilter, int]):
    """How many mentions pass the filter."""

    cached = RowPolicy(Seconds.MINUTE, always(MENTIONS), int, shared=False)

    async def fetch_one(self, key: MentionFilter) -> int:
        """Count them."""
        return await mentions.count(self.context.session, key)
