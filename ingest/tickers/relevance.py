"""How much of a text is about each stock that it names.

A stock's weight is t * (1 + ln m) * (1.5 - p / 2) * f: t for its tier (1 tagged or given, 0.9 in a trader's phrase,
0.8 bare or by name), m how often it is named, p in [0, 1) where in the text it is named first, f = 1.5 if that is in
the first sentence or title. Its relevance is its share of the sum of all weights: 1 where it stands alone, and small
in a long list of tags.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Final

from ingest.tickers.match import Match, Tier

TIERS: Final[tuple[Tier, ...]] = ("cashtag", "given", "context", "bare", "alias")
_TIER_WEIGHTS: Final[dict[Tier, float]] = {"cashtag": 1.0, "given": 1.0, "context": 0.9, "bare": 0.8, "alias": 0.8}
_FIRST_SENTENCE: Final = 1.5
_DECIMALS: Final = 4


@dataclass(slots=True)
class Sighting:
    """A stock in a text: its best tier with the reason, the token where it is named first, and how often it is."""

    symbol: str
    tier: Tier
    reason: str
    place: int
    count: int = 1

    def add(self, tier: Tier, reason: str) -> None:
        """Count another mention, and keep the better tier of the two."""
        self.count += 1
        if TIERS.index(tier) < TIERS.index(self.tier):
            self.tier, self.reason = tier, reason

    def add_at(self, place: int) -> None:
        """Count a mention that was doubtful by itself, and is explained by the others."""
        self.count += 1
        self.place = min(self.place, place)


def weighed(sightings: Iterable[Sighting], first_sentence: int, length: int) -> tuple[Match, ...]:
    """Turn sightings into matches, best tier first, then in the order of the text.

    `first_sentence` and `length` count tokens: those of the first sentence, and those of the text.
    """
    ordered = sorted(sightings, key=lambda sighting: (TIERS.index(sighting.tier), sighting.place))
    if len(ordered) == 1:
        only = ordered[0]
        return (Match(only.symbol, only.tier, only.reason),)
    weights = [_weight(sighting, first_sentence, length) for sighting in ordered]
    total = sum(weights)
    return tuple(
        Match(each.symbol, each.tier, each.reason, max(round(weight / total, _DECIMALS), 10.0**-_DECIMALS))
        for each, weight in zip(ordered, weights, strict=True)
    )


def _weight(sighting: Sighting, first_sentence: int, length: int) -> float:
    position = 1.5 - sighting.place / (2 * max(length, 1))
    opening = _FIRST_SENTENCE if sighting.place <= first_sentence else 1.0
    return _TIER_WEIGHTS[sighting.tier] * (1 + log(sighting.count)) * position * opening
