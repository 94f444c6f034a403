"""What a search for tickers brings back."""

from dataclasses import dataclass
from typing import Literal

Tier = Literal["cashtag", "given", "context", "bare", "alias"]
"""How a stock was found, surest first: tagged, named by the source, in a trader's phrase, bare, by company name."""


@dataclass(frozen=True, slots=True)
class Match:
    """A stock that a text names: its canonical symbol, how it was found, and the words that gave it away.

    `relevance` in (0, 1] is the stock's share of the text: the shares of one text's matches sum to 1.
    """

    symbol: str
    tier: Tier
    reason: str
    relevance: float = 1.0
