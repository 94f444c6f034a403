"""What writers take: a post as its source shows it, and what it says of each symbol."""

from dataclasses import dataclass
from datetime import datetime

from storage.terms import SentimentLabel, Source

PostKey = tuple[str, str]
"""A post's source and the source's own id."""


@dataclass(frozen=True, slots=True)
class MentionRecord:
    """One symbol in a post; `score` in units of 10^-4, `evidence` as (word, weight).

    `tier` (a value of `MentionTier`) and `reason` say how the symbol was found; `relevance`, in (0, 1], is the share of
    the text that is about it.
    """

    symbol: str
    score: int
    label: SentimentLabel
    evidence: tuple[tuple[str, float], ...]
    tier: str
    reason: str | None = None
    relevance: float = 1.0


@dataclass(frozen=True, slots=True)
class Removal:
    """A post that its source did not show any more when it was read at `observed_at`."""

    source: Source
    external_id: str
    observed_at: datetime

    @property
    def key(self) -> PostKey:
        """What makes it about a post."""
        return self.source.value, self.external_id


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post; `model` names the scorer and its version, `observed_at` is when the source was read, where known."""

    source: Source
    external_id: str
    posted_at: datetime
    community: str | None
    author: str | None
    text: str
    url: str | None
    engagement: int | None
    simulated: bool
    model: str
    mentions: tuple[MentionRecord, ...]
    observed_at: datetime | None = None

    @property
    def key(self) -> PostKey:
        """What makes two records the same post."""
        return self.source.value, self.external_id
