"""Looking up known posts: those that are marked as deleted or removed, or not shown at all, are gone."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from ingest.sources.failures import Malformed
from ingest.sources.reddit.api import RedditApi, posts
from ingest.sources.reddit.shapes import Listing

IDS: Final = re.compile(r"[0-9a-z]{1,13}")
"""Reddit's ids: whole numbers to base 36."""


class Lookup:
    """GET /api/info."""

    def __init__(self, api: RedditApi) -> None:
        self._api = api

    async def __call__(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of the posts that are gone. Raise SourceFailure."""
        answer = await self._api.get("/api/info", {"id": ",".join(f"t3_{each}" for each in ids)})
        if answer.status != HTTPStatus.OK:
            raise Malformed(f"HTTP {answer.status} to a look-up")
        listing = answer.read(Listing)
        shown = posts(listing)
        marked = {post.id for post in shown if post.gone}
        if len(shown) < len(listing.data.children):  # a post that cannot be read may be any of the missing
            return frozenset(marked)
        return frozenset(ids) - {post.id for post in shown} | marked
