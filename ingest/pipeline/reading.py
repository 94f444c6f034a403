"""From a collected post to what is stored of it: which stocks it is about, and in what mood."""

from typing import Final

import structlog

from ingest.listing import read_listing
from ingest.sentiment import Scorer
from ingest.tickers import Extractor, Listing
from storage.database import Database
from storage.intake_items import CollectedPost
from storage.post_records import MentionRecord, PostRecord
from storage.symbols import canonical
from storage.terms import SCORER

REFRESH_SECONDS: Final = 30.0
"""How soon posts are searched for a stock that was listed just now."""

_log = structlog.get_logger()


class Reading:
    """Reads posts with one listing at a time."""

    def __init__(self) -> None:
        self._scorer = Scorer()
        self._listing = Listing({})
        self._extractor = Extractor(self._listing)

    @property
    def ready(self) -> bool:
        """Whether any stock is listed: without, every post would seem to be about nothing."""
        return bool(self._listing.names)

    async def refresh(self, database: Database) -> None:
        """Learn what is listed now."""
        self.use(await read_listing(database))

    def use(self, listing: Listing) -> None:
        """Search for the stocks of this listing from now on."""
        if listing.names == self._listing.names:
            return
        self._listing, self._extractor = listing, Extractor(listing)
        _log.info("listing_read", stocks=len(listing.names))

    def record(self, post: CollectedPost) -> PostRecord:
        """Make the record of a post; one that names no listed stock has no mentions, and is not scored."""
        given = tuple(symbol for each in post.symbols if (symbol := canonical(each)) is not None)
        matches = self._extractor.find(post.text, given)
        mentions: tuple[MentionRecord, ...] = ()
        if matches:
            score = self._scorer.score(post.text)
            mentions = tuple(
                MentionRecord(
                    match.symbol, score.value, score.label, score.evidence, match.tier, match.reason, match.relevance
                )
                for match in matches
            )
        return PostRecord(
            source=post.source,
            external_id=post.external_id,
            posted_at=post.posted_at,
            community=post.community,
            author=post.author,
            text=post.text,
            url=post.url,
            engagement=post.engagement,
            simulated=post.simulated,
            model=SCORER,
            mentions=mentions,
            observed_at=post.observed_at,
        )
