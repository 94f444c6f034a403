"""The poll for what a search finds, newest first and page by page down to where the last one began.

Pages count against the plan, so none is read twice: a search that was cut short, by a crash or by the bound on pages,
goes on below the oldest post that it had.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from ingest.sources.client import Client
from ingest.sources.outlet import Outlet
from ingest.sources.pseudonyms import Pseudonyms
from ingest.sources.x.api import BadRequest, XApi
from ingest.sources.x.cap import Cap
from ingest.sources.x.posts import item, read_posts
from ingest.sources.x.shapes import Page
from ops.source_settings import XSettings

PATH: Final = "/2/tweets/search/recent"
_FARTHEST: Final = timedelta(days=7) - timedelta(minutes=5)  # recent search knows a week
_FIELDS: Final = "author_id,created_at,entities,note_tweet,public_metrics"
_log = structlog.get_logger()


class SearchState(msgspec.Struct):
    """`since_id` is the newest post of the last whole search; the others are of one under way: from the top down.

    `start_at`, in seconds since 1970, stands in for a `since_id` that there is none of.
    """

    since_id: str | None = None
    newest_id: str | None = None
    oldest_id: str | None = None
    start_at: float | None = None


class RecentSearch:
    """Searches for the one query of the settings."""

    name = "x:search"

    def __init__(
        self, api: XApi, client: Client, cap: Cap, outlet: Outlet, pseudonyms: Pseudonyms, settings: XSettings
    ) -> None:
        self.every = settings.poll_seconds
        self._api = api
        self._now = client.now
        self._cap = cap
        self._outlet = outlet
        self._pseudonyms = pseudonyms
        self._settings = settings

    async def run(self) -> None:
        """Read what is newer than the last search, at most as many pages as the settings allow."""
        state = await self._outlet.state(self.name, SearchState)
        async with self._cap.guard():
            try:
                await self._search(state)
            except BadRequest as refusal:
                if state.since_id is None or not refusal.parameters & {"since_id", "until_id"}:
                    raise
                _log.warning("search_gap", source="x", reason=str(refusal))
                start_at = (self._now() - _FARTHEST).timestamp()
                await self._search(SearchState(start_at=start_at))

    async def _search(self, state: SearchState) -> None:
        params = self._from(state)
        for _ in range(self._settings.pages):
            now = self._now()
            page = (await self._api.get(params)).read(Page)
            found = read_posts(page)
            ids = [int(post.id) for post in found]
            newest, oldest = state.newest_id or state.since_id, state.oldest_id
            if ids:
                newest = state.newest_id or str(max(ids))
                oldest = str(min(ids))
            token = page.meta.next_token
            before = state
            state = (
                SearchState(since_id=newest)
                if token is None
                else SearchState(state.since_id, newest, oldest, state.start_at)
            )
            items = [made for post in reversed(found) if (made := item(post, self._pseudonyms, now)) is not None]
            if items or state != before:
                await self._outlet.publish(items, self.name, state)
            if token is None:
                return
            params = {**params, "next_token": token}
        _log.info("search_goes_on", source="x", pages=self._settings.pages)

    def _from(self, state: SearchState) -> dict[str, str]:
        """Say where to begin: below what an unfinished search had, down to the last whole one or a point in time."""
        params = {"query": self._settings.query or "", "max_results": "100", "tweet.fields": _FIELDS}
        if state.oldest_id is not None:
            params["until_id"] = state.oldest_id
        if state.since_id is not None:
            params["since_id"] = state.since_id
        else:
            params["start_time"] = self._start(state).strftime("%Y-%m-%dT%H:%M:%SZ")
        return params

    def _start(self, state: SearchState) -> datetime:
        now = self._now()
        lookback = now - timedelta(hours=self._settings.lookback_hours)
        wanted = lookback if state.start_at is None else datetime.fromtimestamp(state.start_at, now.tzinfo)
        return max(wanted, now - _FARTHEST)
