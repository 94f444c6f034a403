"""Sentiment over a window: one stock's summary, its sources, and sectors."""

from collections.abc import Iterable
from math import sqrt
from typing import Self

import strawberry

from resolvers.enums import Source
from resolvers.sizes import SOURCES
from resolvers.windows import Window
from storage.rows import SCORE_UNIT, SectorTotals, SentimentTotals, SourceTotals
from storage.rows import Window as WindowRow
from storage.terms import SCORER


def average(totals: SentimentTotals) -> float | None:
    """Return the mean score in [-1, 1]; null without mentions."""
    return totals.score_sum / totals.mention_count / SCORE_UNIT if totals.mention_count else None


def standard_error(totals: SentimentTotals) -> float | None:
    """Return the mean's standard error, sqrt(sample variance / n); null below two mentions.

    Sums are exact integers, so n * squares - sum^2 neither rounds nor goes below zero.
    """
    n = totals.mention_count
    if n < 2:  # noqa: PLR2004 - a sample variance needs two values
        return None
    spread = n * totals.score_squares - totals.score_sum**2
    return sqrt(spread / (n * (n - 1)) / n) / SCORE_UNIT


def combined(parts: Iterable[SentimentTotals]) -> SentimentTotals:
    """Add totals up."""
    whole = list(parts)
    return SentimentTotals(
        mention_count=sum(part.mention_count for part in whole),
        score_sum=sum(part.score_sum for part in whole),
        score_squares=sum(part.score_squares for part in whole),
        positive=sum(part.positive for part in whole),
        neutral=sum(part.neutral for part in whole),
        negative=sum(part.negative for part in whole),
    )


@strawberry.type(description="What one source said of a stock in a window.")
class SourceSentiment:
    """Exact over the window."""

    source: Source = strawberry.field(description="Where it was said.")
    mention_count: int = strawberry.field(description="Mentions in the window.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1].")
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")

    @classmethod
    def of(cls, row: SourceTotals) -> Self:
        """Publish one source's totals."""
        totals = row.totals
        return cls(
            source=row.source,
            mention_count=totals.mention_count,
            average_score=average(totals),
            positive=totals.positive,
            neutral=totals.neutral,
            negative=totals.negative,
        )


@strawberry.type(description="What the crowd said of a stock in a window; exact to the instant of both ends.")
class SentimentSummary:
    """Zero mentions make a summary too, without an average."""

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

    @classmethod
    def of(cls, window: WindowRow, rows: list[SourceTotals]) -> Self:
        """Publish totals of one window."""
        totals = combined(row.totals for row in rows)
        return cls(
            window=Window.of(window),
            mention_count=totals.mention_count,
            average_score=average(totals),
            standard_error=standard_error(totals),
            positive=totals.positive,
            neutral=totals.neutral,
            negative=totals.negative,
            by_source=[SourceSentiment.of(row) for row in rows],
            model=SCORER,
        )


@strawberry.type(description="What the crowd said of a sector's stocks in a window.")
class SectorSentiment:
    """Exact over the window."""

    sector: str = strawberry.field(description="The GICS sector.")
    window: Window = strawberry.field(description="The span that was summed up.")
    stock_count: int = strawberry.field(description="Stocks of the sector that were mentioned.")
    mention_count: int = strawberry.field(description="Mentions in the window.")
    average_score: float | None = strawberry.field(description="Mean score in [-1, 1]; null without mentions.")
    positive: int = strawberry.field(description="Mentions labelled positive.")
    neutral: int = strawberry.field(description="Mentions labelled neutral.")
    negative: int = strawberry.field(description="Mentions labelled negative.")

    @classmethod
    def of(cls, window: WindowRow, row: SectorTotals) -> Self:
        """Publish one sector's totals."""
        totals = row.totals
        return cls(
            sector=row.sector,
            window=Window.of(window),
            stock_count=row.stock_count,
            mention_count=totals.mention_count,
            average_score=average(totals),
            positive=totals.positive,
            neutral=totals.neutral,
            negative=totals.negative,
        )
