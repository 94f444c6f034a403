"""Sentiment over a window: one stock's summary, its sources, and sectors."""

from typing import ClassVar

import strawberry

from resolvers.enums import Source
from resolvers.sizes import SOURCES
from resolvers.windows import Window
from storage.rows import SentimentTotals, SourceTotals, WithTotals
from storage.rows import Window as WindowRow
from storage.terms import SCORER


class Summary(WithTotals, frozen=True, gc=False):
    """A window, its totals by source, and their sum."""

    window: WindowRow
    by_source: list[SourceTotals]
    totals: SentimentTotals
    model: ClassVar[str] = SCORER


def summary(window: WindowRow, by_source: list[SourceTotals]) -> Summary:
    """Add up the sources of one window; written out, for a page has a hundred of them."""
    if len(by_source) == 1:
        return Summary(window, by_source, by_source[0].totals)
    mentions = score_sum = score_squares = positive = neutral = negative = 0
    for row in by_source:
        totals = row.totals
        mentions += totals.mention_count
        score_sum += totals.score_sum
        score_squares += totals.score_squares
        positive += totals.positive
        neutral += totals.neutral
        negative += totals.negative
    return Summary(window, by_source, SentimentTotals(mentions, score_sum, score_squares, positive, neutral, negative))


class SectorSummary(WithTotals, frozen=True, gc=False):
    """A sector's totals, and their window."""

    window: WindowRow
    sector: str
    stock_count: int
    totals: SentimentTotals


@strawberry.type(description="What one source said of a stock in a window.")
class SourceSentiment:
    """Reads SourceTotals. Exact over the window."""

    source: Source = strawberry.field(description="Where it was said.")
    mention_count: int = strawberry.field(description="Mentions in the window.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1].")
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")


@strawberry.type(description="What the crowd said of a stock in a window; exact to the instant of both ends.")
class SentimentSummary:
    """Reads a Summary. Zero mentions make a summary too, without an average."""

    window: Window = strawberry.field(description="The span that was summed up.")
    mention_count: int = strawberry.field(description="Mentions in the window.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1]; null without mentions.")
    standard_error: float | None = strawberry.field(
        description="Standard error of the mean; null below two mentions. Mentions are taken as independent."
    )
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")
    by_source: list[SourceSentiment] = strawberry.field(
        description="The same per source, silent sources left out.", directives=[SOURCES]
    )
    model: str = strawberry.field(description="The lexicon and version that scores mentions.")


@strawberry.type(description="What the crowd said of a sector's stocks in a window.")
class SectorSentiment:
    """Reads a SectorSummary. Exact over the window."""

    sector: str = strawberry.field(description="The GICS sector.")
    window: Window = strawberry.field(description="The span that was summed up.")
    stock_count: int = strawberry.field(description="Stocks of the sector that were mentioned.")
    mention_count: int = strawberry.field(description="Mentions in the window.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1]; null without mentions.")
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")
