"""Posts: texts with their time and place; each listed stock that a text names becomes a mention with its score."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b

from ingest.importing import cells
from ingest.importing.columns import Field
from ingest.importing.faults import RowError
from ingest.importing.kinds import Cells, Written
from ingest.listing import read_listing, session_on
from ingest.sentiment import Scorer
from ingest.tickers import Extractor, Listing
from storage.database import Database
from storage.known_posts import known_posts
from storage.terms import SCORER, Source
from storage.write_posts import MentionRecord, PostRecord, write_posts

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 40_000
_LONGEST_ID = 200
_LONGEST_LABEL = 200
_LONGEST_URL = 2_000
_MOST_ENGAGEMENT = 2**31 - 1
_DERIVED = "derived-"
_SOURCES = {source.value: source for source in Source} | {"twitter": Source.X}


@dataclass(slots=True)
class Posts:
    """Imports posts; `source` and `posted_at` hold for rows that do not say."""

    now: datetime
    source: Source | None = None
    posted_at: datetime | None = None
    batch_rows: int = 5_000
    fields: tuple[Field, ...] = (
        Field(
            "text", required=True, aliases=("body", "content", "full_text", "tweet", "tweet_text", "title", "headline")
        ),
        Field(
            "posted_at", required=True, aliases=("created_at", "created_utc", "timestamp", "time", "datetime", "date")
        ),
        Field("source", required=True, aliases=("platform", "site")),
        Field("id", aliases=("external_id", "post_id", "tweet_id", "status_id")),
        Field("symbol", aliases=("ticker", "stock_ticker", "stock")),
        Field("community", aliases=("subreddit", "channel", "publisher")),
        Field("author", aliases=("user", "username", "screen_name")),
        Field("url", aliases=("link", "permalink", "tweet_url")),
        Field("engagement", aliases=("likes", "upvotes", "ups", "favorite_count", "like_count")),
    )
    _listing: Listing = field(default_factory=lambda: Listing({}))
    _extractor: Extractor = field(default_factory=lambda: Extractor(Listing({})))
    _scorer: Scorer = field(default_factory=Scorer)

    @property
    def given(self) -> frozenset[str]:
        """Fields that need no column."""
        values = {"source": self.source, "posted_at": self.posted_at}
        return frozenset(name for name, value in values.items() if value is not None)

    async def prepare(self, database: Database) -> None:
        """Learn which stocks are listed."""
        self._listing = await read_listing(database)
        self._extractor = Extractor(self._listing)

    def inspect(self, head: Sequence[Cells]) -> None:
        """Understand any first rows."""

    def convert(self, row: Cells) -> PostRecord:
        """Make a post with its mentions; a post that names no listed stock has none."""
        text = cells.required_text(row.get("text"), "text", LONGEST_TEXT)
        source = self._source(row)
        posted_at = self._posted_at(row)
        community = cells.text(row.get("community"), "community", _LONGEST_LABEL)
        author = cells.text(row.get("author"), "author", _LONGEST_LABEL)
        url = cells.text(row.get("url"), "url", _LONGEST_URL)
        engagement = cells.whole(row.get("engagement"), "engagement")
        if engagement is not None and engagement > _MOST_ENGAGEMENT:
            raise RowError(f"engagement is above {_MOST_ENGAGEMENT}", engagement)
        return PostRecord(
            source=source,
            external_id=cells.text(row.get("id"), "id", _LONGEST_ID) or derived_id(source, text),
            posted_at=posted_at,
            community=community,
            author=author,
            text=text,
            url=url,
            engagement=engagement,
            simulated=False,
            model=SCORER,
            mentions=self._mentions(row, text),
        )

    def key(self, row: PostRecord) -> Hashable:
        """Tell posts apart by source and id."""
        return row.source, row.external_id

    async def write(self, database: Database, rows: list[PostRecord]) -> Written:
        """Write posts with their mentions, and those without if they are known: they may have had some before."""
        empty = [(row.source.value, row.external_id) for row in rows if not row.mentions]
        known = await known_posts(session_on(database), empty) if empty else set()
        kept = [row for row in rows if row.mentions or (row.source.value, row.external_id) in known]
        counts = await write_posts(database, kept)
        skipped = {
            "names no listed stock": len(rows) - len(kept),
            "was deleted before": counts.deleted,
            "is older than what is stored": counts.stale,
        }
        return Written(
            counts.inserted,
            counts.updated,
            counts.unchanged,
            {reason: number for reason, number in skipped.items() if number},
        )

    def _source(self, row: Cells) -> Source:
        written = cells.text(row.get("source"), "source", 1_000)
        if written is None:
            if self.source is None:
                raise RowError("source is empty")
            return self.source
        found = _SOURCES.get(written.casefold())
        if found is None:
            raise RowError(f"source is none of {', '.join(source.value for source in Source)}", written)
        return found

    def _posted_at(self, row: Cells) -> datetime:
        if row.get("posted_at") in (None, "") and self.posted_at is not None:
            return self.posted_at
        return cells.moment(row.get("posted_at"), "posted_at", EARLIEST, self.now).astimezone(UTC)

    def _mentions(self, row: Cells, text: str) -> tuple[MentionRecord, ...]:
        """Score the text for the stocks that the row gives, if any, and for those found in the text."""
        given = cells.symbols(row.get("symbol")) if cells.text(row.get("symbol"), "symbol", 1_000) is not None else ()
        for symbol in given:
            if symbol not in self._listing:
                raise RowError("symbol is not listed", symbol)
        matches = self._extractor.find(text, tuple(given))
        if not matches:
            return ()
        score = self._scorer.score(text)
        return tuple(
            MentionRecord(
                match.symbol, score.value, score.label, score.evidence, match.tier, match.reason, match.relevance
            )
            for match in matches
        )


def derived_id(source: Source, text: str) -> str:
    """Make the id of a post that has none: the same for the same text in the same source."""
    return _DERIVED + blake2b(f"{source.value}\0{text}".encode(), digest_size=16).hexdigest()
