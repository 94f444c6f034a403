"""The API's enums: the terms of the tables, with a description on each value."""

from enum import Enum

import strawberry

from storage.terms import (
    BucketSize,
    Direction,
    Feed,
    MentionTier,
    SentimentLabel,
    Source,
    StockOrderField,
    Timeframe,
    TrendingRank,
)

__all__ = [
    "BucketSize",
    "Direction",
    "Feed",
    "MentionTier",
    "SentimentLabel",
    "Source",
    "StockOrderField",
    "Timeframe",
    "TrendingRank",
]


def _publish(term: type[Enum], description: str, **values: str) -> None:
    """Publish a term as a GraphQL enum; every member needs its description."""
    published = strawberry.enum(term, description=description)
    for value in published.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by the decorator
        value.description = values.pop(value.name)
    if values:
        raise LookupError(f"{term.__name__} has no members {sorted(values)}")


_publish(
    Timeframe,
    "How far a window reaches back from the request's instant.",
    HOUR="The last 60 minutes.",
    DAY="The last 24 hours.",
    WEEK="The last 7 days.",
    MONTH="The last 30 days.",
)
_publish(
    BucketSize,
    "Width of a candle or a sentiment point. Buckets are UTC.",
    MINUTE="One minute.",
    FIVE_MINUTES="Five minutes.",
    HOUR="One hour.",
    DAY="One day; for candles, the exchange's session day.",
    WEEK="One week, from Monday.",
)
_publish(
    Source,
    "Where a post was written.",
    REDDIT="Reddit.",
    X="X, formerly Twitter.",
    NEWS="News sites.",
)
_publish(
    Feed,
    "A stream of incoming data.",
    YAHOO="Prices.",
    REDDIT="Posts from Reddit.",
    X="Posts from X.",
    NEWS="News articles.",
    DEMO="Simulated prices and posts.",
)
_publish(
    MentionTier,
    "How a text was found to be about a stock, surest first.",
    CASHTAG="By a cashtag: $AAPL.",
    GIVEN="By what its source, or whoever imported it, says that it is about.",
    CONTEXT="By a symbol among words that make it one: calls on AAPL.",
    BARE="By a listed symbol in capitals that is no ordinary word.",
    ALIAS="By the company's name.",
)
_publish(
    SentimentLabel,
    "The class of a sentiment score.",
    POSITIVE="A score of 0.25 or more.",
    NEUTRAL="A score between -0.25 and 0.25.",
    NEGATIVE="A score of -0.25 or less.",
)
_publish(
    TrendingRank,
    "What a trending list is ordered by, highest first.",
    MENTIONS="Number of mentions in the window.",
    GROWTH="Growth of mentions against the window before.",
    SENTIMENT="Average sentiment score in the window.",
    Z_SCORE="How unusual the number of mentions is for the stock itself.",
)
_publish(
    StockOrderField,
    "What stocks can be ordered by; symbols break ties.",
    SYMBOL="The symbol.",
    NAME="The name, without regard to case.",
    MARKET_CAP="Market capitalisation; stocks without one stand last.",
)
_publish(
    Direction,
    "Ascending or descending.",
    ASC="Smallest first.",
    DESC="Largest first.",
)
