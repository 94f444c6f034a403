"""Looking up known posts: X names those that it does not show, and why."""

from collections.abc import Sequence
from typing import Final

from ingest.sources.x.api import XApi
from ingest.sources.x.cap import Cap
from ingest.sources.x.shapes import LookedUp

PATH: Final = "/2/tweets"
_GONE: Final = ("resource-not-found", "not-authorized-for-resource")  # deleted or suspended; made private


class Lookup:
    """GET /2/tweets."""

    def __init__(self, api: XApi, cap: Cap) -> None:
        self._api = api
        self._cap = cap

    async def __call__(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of the posts that X says are gone. Raise SourceFailure."""
        async with self._cap.guard():
            answer = (await self._api.get({"ids": ",".join(ids)})).read(LookedUp)
        missing = {error.resource_id or error.value for error in answer.errors if error.type.endswith(_GONE)}
        return frozenset(each for each in ids if each in missing) - {post.id for post in answer.data}
