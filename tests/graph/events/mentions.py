"""Mentions as events carry them."""

from datetime import UTC, datetime

from storage.rows import MentionRow
from storage.terms import MentionTier, SentimentLabel, Source

POSTED_AT = datetime(2026, 1, 2, 15, tzinfo=UTC)


def mention(number: int, symbol: str = "AAPL") -> MentionRow:
    """Return a mention of a symbol, known by its number."""
    return MentionRow(
        mention_id=number,
        symbol=symbol,
        source=Source.X,
        external_id=f"post-{number}",
        posted_at=POSTED_AT,
        community=None,
        author="somebody",
        text=f"Post {number} about ${symbol}",
        url=None,
        score=0.5,
        label=SentimentLabel.POSITIVE,
        stored_evidence='[["moon", 2.5]]',
        engagement=None,
        simulated=True,
        tier=MentionTier.CASHTAG,
        reason="$AAPL",
        stored_relevance=1.0,
    )
