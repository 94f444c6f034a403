"""Inputs by which stocks and mentions are chosen."""

from typing import Annotated

import strawberry

from resolvers.argument_types import TimeRange
from resolvers.arguments import plain_text, window
from resolvers.enums import SentimentLabel, Source
from resolvers.info import Info
from resolvers.scalars import BigInt
from storage import mentions, stocks
from storage.symbols import canonicals

LONGEST_WORD = 100
"""Characters of one exchange, sector or name part; the longest real one has about 40."""


@strawberry.input(description="Which stocks; every condition given must hold, and an empty list matches nothing.")
class StockFilter:
    """A stock passes when all conditions hold."""

    symbols: list[str] | None = strawberry.field(default=None, description="Any of these symbols; each must exist.")
    exchanges: list[str] | None = strawberry.field(default=None, description="Listed on any of these exchanges.")
    sectors: list[str] | None = strawberry.field(default=None, description="In any of these GICS sectors.")
    name_contains: str | None = strawberry.field(default=None, description="Part of the name, whatever its case.")
    min_market_cap: BigInt | None = strawberry.field(default=None, description="At least so many dollars.")
    max_market_cap: BigInt | None = strawberry.field(default=None, description="At most so many dollars.")
    simulated: bool | None = strawberry.field(default=None, description="Only simulated ones, or only real ones.")

    def row(self) -> stocks.StockFilter:
        """Return what storage takes."""
        return stocks.StockFilter(
            symbols=None if self.symbols is None else canonicals(self.symbols),
            exchanges=_words("filter.exchanges", self.exchanges),
            sectors=_words("filter.sectors", self.sectors),
            name_contains=None
            if self.name_contains is None
            else plain_text("filter.nameContains", self.name_contains, LONGEST_WORD),
            min_market_cap=self.min_market_cap,
            max_market_cap=self.max_market_cap,
            simulated=self.simulated,
        )


@strawberry.input(description="Which mentions of a stock; every condition given must hold.")
class StockMentionFilter:
    """A mention passes when all conditions hold."""

    sources: list[Source] | None = strawberry.field(default=None, description="From any of these sources.")
    labels: list[SentimentLabel] | None = strawberry.field(default=None, description="Of any of these labels.")
    text: str | None = strawberry.field(
        default=None, description='Words of the text, as in a web search: `calls "earnings beat" -puts`.'
    )
    during: TimeRange | None = strawberry.field(default=None, description="Posted in this range.")
    min_engagement: int | None = strawberry.field(default=None, description="With at least this engagement.")
    simulated: bool | None = strawberry.field(default=None, description="Only simulated ones, or only real ones.")

    def row(self, info: Info, symbols: tuple[str, ...] | None = None) -> mentions.MentionFilter:
        """Return what storage takes."""
        longest = info.context.settings.limits.search_characters
        return mentions.MentionFilter(
            symbols=symbols,
            sources=None if self.sources is None else tuple(dict.fromkeys(self.sources)),
            labels=None if self.labels is None else tuple(dict.fromkeys(self.labels)),
            text=None if self.text is None else plain_text("filter.text", self.text, longest),
            during=window(self.during),
            min_engagement=self.min_engagement,
            simulated=self.simulated,
        )


@strawberry.input(description="Which mentions; every condition given must hold, and an empty list matches nothing.")
class MentionFilter(StockMentionFilter):
    """The same for mentions of any stock."""

    symbols: list[str] | None = strawberry.field(default=None, description="Of any of these stocks; each must exist.")


def _words(name: str, words: list[str] | None) -> tuple[str, ...] | None:
    if words is None:
        return None
    return tuple(sorted({plain_text(name, word, LONGEST_WORD) for word in words}))


StockFilterArgument = Annotated[StockFilter | None, strawberry.argument(description="Which stocks; all when absent.")]
StockMentionFilterArgument = Annotated[
    StockMentionFilter | None, strawberry.argument(description="Which mentions; all when absent.")
]
MentionFilterArgument = Annotated[
    MentionFilter | None, strawberry.argument(description="Which mentions; all when absent.")
]
