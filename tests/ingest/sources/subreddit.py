"""A community as Reddit serves it: newest first, `before` and `after` count from posts that still stand."""

from dataclasses import dataclass, field
from typing import Any

from tests.ingest.sources.conftest import NOW
from tests.ingest.sources.web import Reply, Request, Web, json_reply

TOKEN = "/api/v1/access_token"  # noqa: S105  a path
LIMITS = {"x-ratelimit-remaining": "996.0", "x-ratelimit-reset": "246", "x-ratelimit-used": "4"}


def post(number: int, **more: Any) -> dict[str, Any]:
    """A post; the number gives its id and, in seconds before noon, its age."""
    return {
        "id": f"p{number:04d}",
        "name": f"t3_p{number:04d}",
        "subreddit": "stocks",
        "title": f"Title {number}",
        "selftext": "buy $AAPL",
        "author": "some_user",
        "score": 3,
        "created_utc": NOW.timestamp() - 10_000 + number,
        "permalink": f"/r/stocks/comments/p{number:04d}/title/",
        "removed_by_category": None,
        **more,
    }


def listing(posts: list[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    """A listing of posts."""
    return {"kind": "Listing", "data": {"after": after, "children": [{"kind": "t3", "data": each} for each in posts]}}


@dataclass(slots=True)
class Subreddit:
    """`posts` are newest first."""

    posts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, *numbers: int) -> None:
        """Write posts, in this order."""
        self.posts[:0] = [post(number) for number in reversed(numbers)]

    def delete(self, number: int) -> None:
        """Take a post away without a trace."""
        self.posts = [each for each in self.posts if each["id"] != f"p{number:04d}"]

    def answer(self, request: Request) -> Reply:
        """Serve /r/stocks/new."""
        names = [each["name"] for each in self.posts]
        limit = int(request.query["limit"])
        before, after = request.query.get("before"), request.query.get("after")
        if before is not None:
            end = names.index(before) if before in names else 0
            page = self.posts[max(0, end - limit) : end]
            return json_reply(listing(page), headers=LIMITS)
        start = names.index(after) + 1 if after in names else 0
        page = self.posts[start : start + limit]
        rest = start + limit < len(self.posts)
        return json_reply(listing(page, page[-1]["name"] if page and rest else None), headers=LIMITS)

    def serve(self, web: Web) -> None:
        """Give out tokens, and serve the community."""
        web.routes[TOKEN] = json_reply({"access_token": "token-1", "expires_in": 86_400})
        web.routes["/r/stocks/new"] = self.answer
