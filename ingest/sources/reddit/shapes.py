"""The parts of Reddit's answers that are read."""

import msgspec


class Token(msgspec.Struct, frozen=True):
    """POST /api/v1/access_token; `expires_in` is in seconds."""

    access_token: str
    expires_in: float = 3_600.0


class Post(msgspec.Struct, frozen=True):
    """A post; `name` is its id with the kind before it (t3_…), `created_utc` is in seconds since 1970."""

    id: str
    name: str
    created_utc: float
    subreddit: str = ""
    title: str = ""
    selftext: str = ""
    author: str | None = None
    score: float | None = None
    permalink: str | None = None
    removed_by_category: str | None = None

    @property
    def gone(self) -> bool:
        """Whether its author, their account, a moderator or Reddit took it away."""
        marks = ("[deleted]", "[removed]")
        return self.removed_by_category is not None or self.author in (None, "[deleted]") or self.selftext in marks


class Child(msgspec.Struct, frozen=True):
    """A member of a listing; posts are of kind t3, and each is decoded by itself."""

    kind: str
    data: msgspec.Raw


class ListingData(msgspec.Struct, frozen=True):
    """`after` names where the next page begins."""

    children: list[Child]
    after: str | None = None


class Listing(msgspec.Struct, frozen=True):
    """GET /r/{community}/new and GET /api/info."""

    data: ListingData


class Denial(msgspec.Struct, frozen=True):
    """The body of 403 and 404: `reason` is a word such as private, quarantined or banned."""

    reason: str | None = None
    message: str | None = None
