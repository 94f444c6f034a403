"""Correlation of the crowd with the price, lag by lag."""

from typing import Self

import strawberry

from loaders.correlation import CrossCorrelation, LagEstimate, LagProfile
from resolvers.sizes import LAGS


@strawberry.type(description="Correlation at one lag: the crowd on a day against the price change `lagDays` later.")
class LagCorrelation:
    """Null estimates: fewer than 10 pairs of days, or a side that does not vary."""

    lag_days: int = strawberry.field(description="Days by which the crowd leads the price; negative: it follows.")
    n: int = strawberry.field(description="Pairs of days.")
    r: float | None = strawberry.field(description="Pearson's correlation coefficient.")
    low: float | None = strawberry.field(description="Lower end of its interval, by Fisher's z-transform.")
    high: float | None = strawberry.field(description="Upper end of its interval.")

    @classmethod
    def of(cls, row: LagEstimate) -> Self:
        """Publish an estimate."""
        return cls(lag_days=row.lag, n=row.n, r=row.r, low=row.low, high=row.high)


@strawberry.type(description="Correlations at all lags, and the strongest.")
class CorrelationProfile:
    """From -maxLagDays to maxLagDays."""

    lags: list[LagCorrelation] = strawberry.field(
        description="One estimate per lag, each with its 95 % interval.", directives=[LAGS]
    )
    best: LagCorrelation | None = strawberry.field(
        description="The strongest, its interval widened for having been chosen (Bonferroni); null when none is known."
    )

    @classmethod
    def of(cls, row: LagProfile) -> Self:
        """Publish a profile."""
        best = row.best
        return cls(
            lags=[LagCorrelation.of(lag) for lag in row.lags],
            best=LagCorrelation.of(best) if best is not None else None,
        )


@strawberry.type(description="Whether talk and mood moved with the price. Correlation is no cause, and days are few.")
class Correlation:
    """Against the relative change of daily closes."""

    volume: CorrelationProfile = strawberry.field(description="Daily number of mentions against price change.")
    sentiment: CorrelationProfile = strawberry.field(description="Daily mean score against price change.")

    @classmethod
    def of(cls, row: CrossCorrelation) -> Self:
        """Publish both."""
        return cls(volume=CorrelationProfile.of(row.volume), sentiment=CorrelationProfile.of(row.sentiment))
