"""A mention: one post about one stock, with its score and the words that made it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from loaders.mention_by_id import MentionKey
from ops.errors import BadId
from resolvers.batched import batched
from resolvers.directives import Budget
from resolvers.enums import MentionTier, SentimentLabel, Source
from resolvers.node import Node, global_ids, reading
from resolvers.sizes import WORDS
from resolvers.stock_of import stocks_of
from storage.paging import Position
from storage.rows import BriefMentionRow

if TYPE_CHECKING:
    from resolvers.stock import Stock


DETAILS = frozenset({"evidence", "tier", "reason", "relevance"})
"""Fields of a mention, as documents name them, that a brief row does not have."""


def position(row: BriefMentionRow) -> Position:
    """Return what mentions are ordered by and found by: when it was posted, which finds its chunk, and its number."""
    return (row.posted_at, row.mention_id)


@strawberry.type(description="A word of a text and what it added to the score.")
class ScoredWord:
    """Evidence for a score."""

    word: str = strawberry.field(description="The word or phrase as the scorer read it.")
    weight: float = strawberry.field(description="Its weight in the lexicon, -4 to 4, after negation and emphasis.")


@strawberry.type(description="One post that speaks of one stock.")
class Mention(Node):
    """Reads a MentionRow, or a brief one where nothing of `DETAILS` is asked for. Scores lie in [-1, 1]."""

    id: strawberry.ID = global_ids("Mention", position)
    source: Source = strawberry.field(description="Where it was posted.")
    community: str | None = strawberry.field(description="Subreddit, site or channel.")
    author: str | None = strawberry.field(description="Who posted it.")
    text: str | None = strawberry.field(description="The text, whole; null once the time to keep it is over.")
    url: str | None = strawberry.field(description="Where it can be read.")
    score: float = strawberry.field(description="Sentiment score in [-1, 1].")
    label: SentimentLabel = strawberry.field(description="The score's class.")
    posted_at: datetime = strawberry.field(description="When it was posted.")
    engagement: int | None = strawberry.field(description="Votes, likes and replies, as far as the source tells.")
    tier: MentionTier = strawberry.field(description="How the text was found to be about the stock.")
    reason: str | None = strawberry.field(description="The words that gave the stock away.")
    relevance: float = strawberry.field(description="Share of the text that is about this stock, above 0, at most 1.")
    simulated: bool = strawberry.field(description="Whether it is made up for demonstration.")

    evidence: list[ScoredWord] = strawberry.field(
        description="The words that made the score, in the order of the text.", directives=[WORDS]
    )
    stock: Annotated["Stock", strawberry.lazy("resolvers.stock")] | None = batched(
        stocks_of, description="The stock that it speaks of.", directives=[Budget(p90_ms=50)]
    )
    is_type_of = staticmethod(reading(BriefMentionRow))


def mention_key(identity: Position) -> MentionKey:
    """Return the key of the mention that `position` was taken of."""
    match identity:
        case (datetime() as posted_at, int() as mention_id):
            return MentionKey(posted_at, mention_id)
        case _:
            raise BadId("`id` is not the id of a mention.", argument="id")
