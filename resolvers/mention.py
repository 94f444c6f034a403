"""A mention: one post about one stock, with its score and the words that made it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from loaders.mention_by_id import MentionById, MentionKey
from ops.errors import BadId
from resolvers.enums import MentionTier, SentimentLabel, Source
from resolvers.info import Info
from resolvers.node import Node
from resolvers.sizes import WORDS
from storage.paging import Position
from storage.rows import MentionRow

if TYPE_CHECKING:
    from resolvers.stock import Stock


@strawberry.type(description="A word of a text and what it added to the score.")
class ScoredWord:
    """Evidence for a score."""

    word: str = strawberry.field(description="The word or phrase as the scorer read it.")
    weight: float = strawberry.field(description="Its weight in the lexicon, -4 to 4, after negation and emphasis.")


@strawberry.type(description="One post that speaks of one stock.")
class Mention(Node):
    """Scores lie in [-1, 1]."""

    row: strawberry.Private[MentionRow]
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

    def identity(self) -> Position:
        """Return when it was posted, which finds its chunk, and its number."""
        return (self.row.posted_at, self.row.mention_id)

    @strawberry.field(description="The words that made the score, in the order of the text.", directives=[WORDS])
    def evidence(self) -> list[ScoredWord]:
        """Publish each word."""
        return [ScoredWord(word=word, weight=weight) for word, weight in self.row.evidence]

    @strawberry.field(description="The stock that it speaks of.")
    async def stock(self, info: Info) -> Annotated["Stock", strawberry.lazy("resolvers.stock")] | None:
        """Load it by symbol."""
        from resolvers.stock import stock_named  # noqa: PLC0415 - stocks have mentions and mentions a stock

        return await stock_named(info, self.row.symbol)

    @classmethod
    def of(cls, row: MentionRow) -> Self:
        """Publish a mention."""
        return cls(
            row=row,
            source=row.source,
            community=row.community,
            author=row.author,
            text=row.text,
            url=row.url,
            score=row.score,
            label=row.label,
            posted_at=row.posted_at,
            engagement=row.engagement,
            tier=row.tier,
            reason=row.reason,
            relevance=row.relevance,
            simulated=row.simulated,
        )


def position(row: MentionRow) -> Position:
    """Return what mentions are ordered by."""
    return (row.posted_at, row.mention_id)


async def mention_at(info: Info, identity: Position) -> Mention | None:
    """Find a mention by what `identity` returned."""
    match identity:
        case (datetime() as posted_at, int() as mention_id):
            row = await info.context.loader(MentionById).load(MentionKey(posted_at, mention_id))
            return Mention.of(row) if row is not None else None
        case _:
            raise BadId("`id` is not the id of a mention.", argument="id")
