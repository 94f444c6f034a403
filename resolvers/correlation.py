"""Correlation of the crowd with the price, lag by lag."""

import strawberry

from resolvers.sizes import LAGS


@strawberry.type(description="Correlation at one lag: the crowd on a day against the price change `lagDays` later.")
class LagCorrelation:
    """Reads a LagEstimate. Null estimates: fewer than 10 pairs of days, or a side that does not vary."""

    lag: int = strawberry.field(
        name="lagDays", description="Days by which the crowd leads the price; negative: it follows."
    )
    n: int = strawberry.field(description="Pairs of days.")
    r: float | None = strawberry.field(description="Pearson's correlation coefficient.")
    low: float | None = strawberry.field(description="Lower end of its interval, by Fisher's z-transform.")
    high: float | None = strawberry.field(description="Upper end of its interval.")


@strawberry.type(description="Correlations at all lags, and the strongest.")
class CorrelationProfile:
    """Reads a LagProfile, from -maxLagDays to maxLagDays."""

    lags: list[LagCorrelation] = strawberry.field(
        description="One estimate per lag, each with its 95 % interval.", directives=[LAGS]
    )
    best: LagCorrelation | None = strawberry.field(
        description="The strongest, its interval widened for having been chosen (Bonferroni); null when none is known."
    )


@strawberry.type(description="Whether talk and mood moved with the price. Correlation is no cause, and days are few.")
class Correlation:
    """Reads a CrossCorrelation, against the relative change of daily closes."""

    volume: CorrelationProfile = strawberry.field(description="Daily number of mentions against price change.")
    sentiment: CorrelationProfile = strawberry.field(description="Daily mean score against price change.")
