"""The poll for a community's newest posts: what stands before a post that is known, else page by page from the top.

`before=` answers nothing both when nothing is newer and when the post it names was deleted. So the third newest known
post is named, which two known ones stand before: an empty answer then means that it is gone, and the listing is read
from the top until it meets posts that are known.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec
import structlog

from ingest.sources.bounds import LONGEST_ID, dated, engagement, fitting, label, link, moment
from ingest.sources.client import Client
from ingest.sources.failures import Malformed, Refused
from ingest.sources.outlet import Outlet
from ingest.sources.pseudonyms import Pseudonyms
from ingest.sources.reddit.api import RedditApi, posts
from ingest.sources.reddit.shapes import Denial, Listing, Post
from storage.intake_items import CollectedPost
from storage.terms import Source

PAGE: Final = 100
PAGES: Final = 10  # Reddit shows no more than a thousand posts of a listing
SEEN: Final = 500
_ANCHOR: Final = 2
_OFF: Final = timedelta(hours=6)
_REFUSED_PAUSE: Final = 900.0
_log = structlog.get_logger()


class CommunityState(msgspec.Struct):
    """Ids of the newest posts that were read, newest first."""

    seen: list[str] = []


class NewPosts:
    """Reads one community; one that may not be read is left alone for some hours."""

    def __init__(
        self,
        community: str,
        api: RedditApi,
        client: Client,
        outlet: Outlet,
        pseudonyms: Pseudonyms,
        every: float,
    ) -> None:
        self.name = f"reddit:new:{community.lower()}"
        self.every = every
        self._community = community
        self._api = api
        self._now = client.now
        self._outlet = outlet
        self._pseudonyms = pseudonyms
        self._off_until = client.now()

    async def run(self) -> None:
        """Publish the posts that are not known yet, the oldest first."""
        if self._now() < self._off_until:
            return
        state = await self._outlet.state(self.name, CommunityState)
        if len(state.seen) <= _ANCHOR or not await self._upwards(state):
            await self._from_the_top(state)

    async def _upwards(self, state: CommunityState) -> bool:
        """Read the pages before the anchor, the nearest first; tell whether the anchor still stands."""
        anchor = f"t3_{state.seen[_ANCHOR]}"
        for number in range(PAGES):
            page = await self._page({"before": anchor})
            if page is None or not page.data.children:
                return page is None or number > 0
            found = posts(page)
            if found:
                anchor = found[0].name
                state = await self._publish(found, state)
            if len(page.data.children) < PAGE or not found:
                break
        return True

    async def _from_the_top(self, state: CommunityState) -> None:
        """Read down to a post that is known; publish only then, for the checkpoint must not skip what lies between."""
        known, found, after = set(state.seen), dict[str, Post](), ""
        for _ in range(PAGES):
            page = await self._page({"after": after} if after else {})
            if page is None:
                return
            new = {post.id: post for post in posts(page) if post.id not in found}
            found |= new
            after = page.data.after or ""
            if not after or not new or not known.isdisjoint(new):
                break
        else:
            if known:
                _log.warning("listing_ended_before_known_posts", source="reddit", community=self._community)
        await self._publish(list(found.values()), state)

    async def _page(self, where: dict[str, str]) -> Listing | None:
        """Fetch a page; None where the community may not be read, which turns it off for a while."""
        path = f"/r/{self._community}/new"
        answer = await self._api.get(path, {"limit": str(PAGE), **where})
        if answer.status == HTTPStatus.OK:
            return answer.read(Listing)
        if 300 <= answer.status < 400:  # noqa: PLR2004  HTTP's redirects: to the search, for a name that is none
            reason = "no such community"
        elif answer.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            try:
                denial = answer.read(Denial)
            except Malformed:
                problem = f"HTTP {answer.status} without a reason: is the user agent blocked?"
                raise Refused(problem, _REFUSED_PAUSE) from None
            reason = denial.reason or denial.message or f"HTTP {answer.status}"
        else:
            raise Malformed(f"HTTP {answer.status} to a listing")
        self._off_until = self._now() + _OFF
        _log.warning("community_off", source="reddit", community=self._community, reason=reason, hours=6)
        return None

    async def _publish(self, found: list[Post], state: CommunityState) -> CommunityState:
        """Publish what is new of a page, given newest first; return the state with it."""
        known = set(state.seen)
        new = [post for post in found if post.id not in known]
        if not new:
            return state
        items = [item for post in reversed(new) if (item := self._item(post)) is not None]
        after = CommunityState([*dict.fromkeys([post.id for post in new] + state.seen)][:SEEN])
        await self._outlet.publish(items, self.name, after)
        return after

    def _item(self, post: Post) -> CollectedPost | None:
        """Make an item of a post; None for one that is gone already, or that no table could hold."""
        now = self._now()
        text = "\n\n".join(part for part in (post.title.strip(), post.selftext.strip()) if part)
        if post.gone or not text or not 0 < len(post.id) <= LONGEST_ID:
            return None
        posted_at = dated(moment(post.created_utc), now, "reddit", post.id)
        if posted_at is None:
            return None
        return CollectedPost(
            source=Source.REDDIT,
            external_id=post.id,
            posted_at=posted_at,
            observed_at=now,
            text=fitting(text, "reddit", post.id),
            community=label(post.subreddit) or self._community,
            author=self._pseudonyms.of(Source.REDDIT, post.author) if post.author else None,
            url=link(f"https://www.reddit.com{post.permalink}" if post.permalink else None),
            engagement=engagement(post.score),
        )
