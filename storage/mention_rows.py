"""The rows of stock_mentions as writers change them: insert, then update; never an upsert (see the migrations)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from storage.copy_key import copy_key
from storage.database import Connection
from storage.post_records import PostKey, PostRecord
from storage.rollup_locks import lock_rollups
from storage.rows import SCORE_UNIT, MentionRow
from storage.terms import LABELS, SOURCES, TIERS
from storage.text import storable

MentionTuple = tuple[Any, ...]

_KEY = ("source", "external_id", "symbol", "posted_at")
_VALUES = (
    "community", "author", "text", "url", "score", "label", "evidence", "model", "tier", "engagement", "simulated",
    "reason", "relevance", "copy_key",
)  # fmt: skip
_COLUMNS = (*_KEY, *_VALUES)
_LIST = ", ".join(_COLUMNS)

_INCOMING = """
CREATE TEMP TABLE incoming_mentions (
    source text COLLATE "C", external_id text COLLATE "C", symbol text COLLATE "C", posted_at timestamptz,
    community text, author text, text text, url text, score integer, label text COLLATE "C", evidence jsonb, model text,
    tier text COLLATE "C", engagement integer, simulated boolean, reason text, relevance real, copy_key bigint
) ON COMMIT DROP
"""
_INSERT = f"""
INSERT INTO stock_mentions ({_LIST})
SELECT {_LIST} FROM incoming_mentions ORDER BY posted_at, source, external_id, symbol
ON CONFLICT (source, external_id, symbol, posted_at) DO NOTHING
RETURNING mention_id, source, external_id, symbol
"""
# The bounds on time are known to be true; they let TimescaleDB leave chunks out when it plans.
_UPDATE = f"""
UPDATE stock_mentions AS kept
SET {", ".join(f"{column} = given.{column}" for column in _VALUES)}
FROM incoming_mentions AS given
WHERE {" AND ".join(f"kept.{column} = given.{column}" for column in _KEY)}
  AND kept.posted_at >= $1::timestamptz AND kept.posted_at <= $2::timestamptz
  AND ({", ".join(f"kept.{column}" for column in _VALUES)})
      IS DISTINCT FROM ({", ".join(f"given.{column}" for column in _VALUES)})
RETURNING kept.mention_id, kept.source, kept.external_id, kept.symbol
"""
_REMOVE = """
DELETE FROM stock_mentions AS kept
USING unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
      AS old (source, external_id, posted_at, now_at)
WHERE kept.source = old.source AND kept.external_id = old.external_id AND kept.posted_at = old.posted_at
  AND kept.posted_at >= $5::timestamptz AND kept.posted_at <= $6::timestamptz
  AND (old.now_at IS DISTINCT FROM old.posted_at OR NOT EXISTS (
      SELECT FROM incoming_mentions AS given
      WHERE given.source = kept.source AND given.external_id = kept.external_id AND given.symbol = kept.symbol
  ))
RETURNING kept.source, kept.external_id, kept.symbol
"""

MentionKey = tuple[str, str, str]
"""The key of a mention's post, and its symbol."""
Moves = dict[PostKey, tuple[datetime, datetime | None]]
"""Known posts: when they were posted as stored, and when as given now; None takes all their mentions away."""


def mention_tuples(post: PostRecord, listed: frozenset[str]) -> Iterator[MentionTuple]:
    """Make the rows of a post's mentions of listed symbols; of two mentions of one symbol the later holds."""
    text, author, community, url = (
        None if value is None else storable(value) for value in (post.text, post.author, post.community, post.url)
    )
    copied = copy_key(post.text)
    for mention in {mention.symbol: mention for mention in post.mentions if mention.symbol in listed}.values():
        evidence = msgspec.json.encode([(storable(word), weight) for word, weight in mention.evidence]).decode()
        yield (
            *post.key, mention.symbol, post.posted_at, community, author, text, url, mention.score,
            mention.label.value, evidence, post.model, mention.tier, post.engagement, post.simulated,
            None if mention.reason is None else storable(mention.reason), mention.relevance, copied,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replaced:
    """The posts that gained, lost or changed a mention, and the numbers of the mentions that are new or changed.

    `symbols` are those of all these mentions, the lost ones included.
    """

    posts: set[PostKey]
    mentions: dict[MentionKey, int]
    symbols: frozenset[str]

    def rows(self, tuples: list[MentionTuple]) -> list[MentionRow]:
        """Return the mentions that are new or changed, out of the rows that were given, as they are stored."""
        return [
            MentionRow(
                number, symbol, SOURCES[source], at, community, author, text, url, score / SCORE_UNIT, LABELS[label],
                engagement, simulated, name, evidence, TIERS[tier], reason, relevance,
            )
            for source, name, symbol, at, community, author, text, url, score, label, evidence, _model, tier,
                engagement, simulated, reason, relevance, _copied in tuples
            if (number := self.mentions.get((source, name, symbol))) is not None
        ]  # fmt: skip


async def replace_mentions(connection: Connection, rows: list[MentionTuple], moves: Moves) -> Replaced:
    """Make `rows` the mentions of their posts; the caller holds the posts' entries in the ledger."""
    await connection.execute(_INCOMING)
    await connection.copy_records_to_table("incoming_mentions", records=rows, columns=_COLUMNS)
    posts: set[PostKey] = set()
    lost: set[str] = set()
    if moves:
        await connection.execute("ANALYZE incoming_mentions")
        sources, external_ids = [source for source, _ in moves], [external_id for _, external_id in moves]
        times = [before for before, _ in moves.values()]
        await lock_rollups(connection, sources, external_ids, times)
        removed = await connection.fetch(
            _REMOVE,
            sources,
            external_ids,
            times,
            [after for _, after in moves.values()],
            min(times),
            max(times),
        )
        posts |= {(row["source"], row["external_id"]) for row in removed}
        lost = {row["symbol"] for row in removed}
    written = inserted = await connection.fetch(_INSERT)
    if rows and len(inserted) < len(rows):
        stamps = [row[_COLUMNS.index("posted_at")] for row in rows]
        written = inserted + await connection.fetch(_UPDATE, min(stamps), max(stamps))
    mentions = {(row["source"], row["external_id"], row["symbol"]): row["mention_id"] for row in written}
    symbols = frozenset(lost | {symbol for _, _, symbol in mentions})
    return Replaced(posts | {(source, external_id) for source, external_id, _ in mentions}, mentions, symbols)
