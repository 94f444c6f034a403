"""The parts of X's answers that are read. Ids are strings: they exceed what a float holds exactly."""

from datetime import datetime

import msgspec


class Cashtag(msgspec.Struct, frozen=True):
    """A cashtag that X itself has found; `tag` is without the dollar sign."""

    tag: str


class Entities(msgspec.Struct, frozen=True):
    """What X found in the text."""

    cashtags: list[Cashtag] = []


class PublicMetrics(msgspec.Struct, frozen=True):
    """How a post was received."""

    like_count: float = 0


class Note(msgspec.Struct, frozen=True):
    """The whole text of a long post, whose `text` is only its beginning."""

    text: str


class Post(msgspec.Struct, frozen=True):
    """A post; `<`, `>` and `&` are escaped in its text."""

    id: str
    text: str
    author_id: str | None = None
    created_at: datetime | None = None
    public_metrics: PublicMetrics = PublicMetrics()
    entities: Entities = Entities()
    note_tweet: Note | None = None


class Meta(msgspec.Struct, frozen=True):
    """`next_token` names the page of older posts; absent on the last."""

    next_token: str | None = None


class Page(msgspec.Struct, frozen=True):
    """GET /2/tweets/search/recent; `data` is absent where nothing was found. Posts are decoded one by one."""

    data: list[msgspec.Raw] = []
    meta: Meta = Meta()


class Shown(msgspec.Struct, frozen=True):
    """A post that still stands."""

    id: str


class Missing(msgspec.Struct, frozen=True):
    """A post that was asked for and is not shown; `type` is an address that ends with why."""

    resource_id: str | None = None
    value: str | None = None
    type: str = ""


class LookedUp(msgspec.Struct, frozen=True):
    """GET /2/tweets."""

    data: list[Shown] = []
    errors: list[Missing] = []


class Complaint(msgspec.Struct, frozen=True):
    """One thing that is wrong with a request, by parameter."""

    message: str = ""
    parameters: dict[str, list[str]] = {}


class Problem(msgspec.Struct, frozen=True):
    """The body of 4xx; `type` is an address that ends with the kind of problem."""

    title: str = ""
    detail: str = ""
    type: str = ""
    errors: list[Complaint] = []
