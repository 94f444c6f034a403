"""The closed vocabularies that tables, code and API share; each value is what the tables hold."""

from datetime import timedelta
from enum import Enum
from importlib.metadata import version


class Term(Enum):
    """A word of a vocabulary, found in dictionaries by its identity: an enumeration hashes its name, in Python."""

    __hash__ = object.__hash__


class Timeframe(Term):
    """How far back a window reaches."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def length(self) -> timedelta:
        """The window's length; a month is 30 days."""
        return _LENGTHS[self._value_]


_LENGTHS = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}


class BucketSize(Term):
    """Width of a candle or a sentiment point, in seconds."""

    MINUTE = 60
    FIVE_MINUTES = 300
    HOUR = 3_600
    DAY = 86_400
    WEEK = 604_800


class Source(Term):
    """Where a post was written."""

    REDDIT = "reddit"
    X = "x"
    NEWS = "news"


SOURCES = {source.value: source for source in Source}
"""Sources by what the tables hold; a look-up takes a fifth of the time of the enumeration's own call."""


class Feed(Term):
    """Where data comes in: prices, the three post sources, and the simulated demo."""

    YAHOO = "yahoo"
    REDDIT = "reddit"
    X = "x"
    NEWS = "news"
    DEMO = "demo"


class SentimentLabel(Term):
    """The three classes of a score."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


LABELS = {label.value: label for label in SentimentLabel}
"""Labels by what the tables hold."""


class MentionTier(Term):
    """How a text was found to be about a stock, surest first; `given` is by what its source says of it."""

    CASHTAG = "cashtag"
    GIVEN = "given"
    CONTEXT = "context"
    BARE = "bare"
    ALIAS = "alias"


TIERS = {tier.value: tier for tier in MentionTier}
"""Tiers by what the tables hold."""


class TrendingRank(Term):
    """What a trending list is ordered by."""

    MENTIONS = "mentions"
    GROWTH = "growth"
    SENTIMENT = "sentiment"
    Z_SCORE = "z_score"


class StockOrderField(Term):
    """Columns by which stocks can be ordered."""

    SYMBOL = "symbol"
    NAME = "name"
    MARKET_CAP = "market_cap"

    __hash__ = object.__hash__  # members are equal only to themselves, and stand in the keys of pages


class Direction(Term):
    """Ascending or descending; nulls stand last in both."""

    ASC = "asc"
    DESC = "desc"

    __hash__ = object.__hash__  # as above


SCORER = f"insitechart-2.476b713a-vader-{version('vaderSentiment')}-nltk-{version('nltk')}"
"""What scores mentions: the number of our rules, a fingerprint of our lists, and the versions of what both build on.

A test compares it with the lists and with known scores; each stored mention keeps the name under which it was scored.
"""
