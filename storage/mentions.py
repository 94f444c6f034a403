"""Mentions, newest first: of all symbols or of each, filtered and searched, in pages and counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import asyncpg
import msgspec

from storage.database import Connection
from storage.paging import Page, PageRequest, cut, cut_each
from storage.post_records import PostKey
from storage.rows import SCORE_UNIT, BriefMentionRow, MentionRow, Window
from storage.session import Fetching, Session
from storage.statement import Parameters
from storage.symbols import array_of, listed
from storage.terms import LABELS, SOURCES, TIERS, SentimentLabel, Source
from storage.text import storable

_BRIEFLY = "mention_id, symbol, source, posted_at, community, author, text, url, score, label, engagement, simulated"
_WHOLLY = f"{_BRIEFLY}, external_id, evidence, tier, reason, relevance"


def _scaled(columns: str) -> str:
    """Have scores divided where they are read."""
    return columns.replace(" score,", f" score / {SCORE_UNIT}.0::float8 AS score,")


def _of(table: str, columns: str) -> str:
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


class _Columns(NamedTuple):
    """Columns as they are read from the table, and then from the page `mention` of a symbol."""

    read: str
    taken: str


_BRIEF = _Columns(_scaled(_BRIEFLY), _of("mention", _BRIEFLY))
_WHOLE = _Columns(_scaled(_WHOLLY), _of("mention", _WHOLLY))

_BY_IDS = f"""
SELECT {_WHOLE.read} FROM stock_mentions
WHERE (posted_at, mention_id) IN (SELECT posted_at, mention_id FROM unnest($1::timestamptz[], $2::bigint[])
                                  AS wanted (posted_at, mention_id))
"""

# The bounds on time are known to be true; they let TimescaleDB leave chunks out when it plans.
_OF_POSTS = f"""
SELECT {_of("kept", _WHOLE.read)}
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS wanted (source, external_id, posted_at)
JOIN stock_mentions AS kept
  ON kept.source = wanted.source AND kept.external_id = wanted.external_id AND kept.posted_at = wanted.posted_at
WHERE kept.posted_at >= $4::timestamptz AND kept.posted_at <= $5::timestamptz
ORDER BY kept.posted_at, kept.mention_id
"""

Brief = TypeVar("Brief", bound=BriefMentionRow)


class MentionFilter(msgspec.Struct, frozen=True, cache_hash=True):
    """What a mention must meet; None asks nothing. `text` is in the syntax of web searches: or, -, "phrases"."""

    symbols: tuple[str, ...] | None = None
    sources: tuple[Source, ...] | None = None
    labels: tuple[SentimentLabel, ...] | None = None
    text: str | None = None
    during: Window | None = None
    min_engagement: int | None = None
    simulated: bool | None = None


async def page(session: Session, wanted: MentionFilter, request: PageRequest) -> Page[MentionRow]:
    """Return a page of all mentions that meet the filter; a position is (posted_at, mention_id)."""
    parameters = Parameters()
    if wanted.symbols is None:
        sql = _newest(_WHOLE, "true", wanted, request, parameters)
    else:
        most, way = parameters.add(request.most, "bigint"), _way(request)
        pages = _of_each(_WHOLE, wanted.symbols, wanted, request, parameters)
        sql = f"{pages} ORDER BY posted_at {way}, mention_id {way} LIMIT {most}"
    rows = await _fetching(session, wanted)("mention_page", sql, *parameters.values)
    return cut(mention_rows(rows), request)


async def pages_by_symbol(
    session: Session, symbols: Sequence[str], wanted: MentionFilter, request: PageRequest
) -> dict[str, Page[MentionRow]]:
    """Return a page of each symbol's mentions that meet the filter, whose own symbols do not matter here."""
    rows = await _pages(session, "mention_pages", _WHOLE, symbols, wanted, request)
    return _parted(mention_rows(rows), request)


async def brief_pages_by_symbol(
    session: Session, symbols: Sequence[str], wanted: MentionFilter, request: PageRequest
) -> dict[str, Page[BriefMentionRow]]:
    """Return the same pages without how each mention was scored and found."""
    rows = await _pages(session, "mention_briefs", _BRIEF, symbols, wanted, request)
    found: defaultdict[str, list[BriefMentionRow]] = defaultdict(list)
    for number, symbol, source, at, community, author, text, url, score, label, engagement, simulated in rows:
        found[symbol].append(
            BriefMentionRow(
                number, symbol, SOURCES[source], at, community, author, text, url, score, LABELS[label], engagement,
                simulated,
            )
        )  # fmt: skip
    return cut_each(found, request)


async def count(session: Session, wanted: MentionFilter) -> int:
    """Count the mentions that meet the filter."""
    parameters = Parameters()
    which = "true"
    if wanted.symbols is not None:
        which = f"symbol = ANY({array_of(parameters.add(listed(wanted.symbols), 'text'))})"
    sql = f"SELECT count(*) AS number FROM stock_mentions WHERE {which} AND {_condition(wanted, parameters)}"
    rows = await _fetching(session, wanted)("mention_count", sql, *parameters.values)
    return int(rows[0]["number"])


async def counts_by_symbol(session: Session, symbols: Sequence[str], wanted: MentionFilter) -> dict[str, int]:
    """Count each symbol's mentions that meet the filter, whose own symbols do not matter here."""
    parameters = Parameters(listed(symbols))
    sql = f"""
SELECT asked.symbol, counted.number
FROM unnest({array_of("$1")}) AS asked (symbol)
CROSS JOIN LATERAL (
    SELECT count(*) AS number FROM stock_mentions
    WHERE symbol = asked.symbol AND {_condition(wanted, parameters)}
) AS counted
"""
    rows = await _fetching(session, wanted)("mention_counts", sql, *parameters.values)
    return {row["symbol"]: row["number"] for row in rows}


async def by_ids(session: Session, ids: Sequence[tuple[datetime, int]]) -> dict[tuple[datetime, int], MentionRow]:
    """Find mentions by when they were posted and their number; unknown ones are left out."""
    rows = await session.fetch("mentions_by_ids", _BY_IDS, [at for at, _ in ids], [number for _, number in ids])
    return {(mention.posted_at, mention.mention_id): mention for mention in mention_rows(rows)}


async def of_posts(connection: Connection, posts: Mapping[PostKey, datetime]) -> list[MentionRow]:
    """Read all mentions of posts, given with when they were posted, within the caller's transaction."""
    if not posts:
        return []
    times = list(posts.values())
    rows = await connection.fetch(
        _OF_POSTS, [source for source, _ in posts], [name for _, name in posts], times, min(times), max(times)
    )
    return mention_rows(rows)


def mention_rows(records: Iterable[Iterable[Any]]) -> list[MentionRow]:
    """Make mentions of records that have a mention's columns."""
    return [
        MentionRow(
            number, symbol, SOURCES[source], at, community, author, text, url, score, LABELS[label], engagement,
            simulated, name, evidence, TIERS[tier], reason, relevance,
        )
        for number, symbol, source, at, community, author, text, url, score, label, engagement, simulated, name,
            evidence, tier, reason, relevance in records
    ]  # fmt: skip


async def _pages(
    session: Session, name: str, columns: _Columns, symbols: Sequence[str], wanted: MentionFilter, request: PageRequest
) -> list[asyncpg.Record]:
    parameters = Parameters()
    way = _way(request)
    pages = _of_each(columns, symbols, wanted, request, parameters)
    sql = f"{pages} ORDER BY posted_at {way}, mention_id {way}"
    return await _fetching(session, wanted)(name, sql, *parameters.values)


def _parted(mentions: Iterable[Brief], request: PageRequest) -> dict[str, Page[Brief]]:
    found: defaultdict[str, list[Brief]] = defaultdict(list)
    for mention in mentions:
        found[mention.symbol].append(mention)
    return cut_each(found, request)


def _of_each(
    columns: _Columns, symbols: Sequence[str], wanted: MentionFilter, request: PageRequest, parameters: Parameters
) -> str:
    """Write the statement that reads a page of each symbol by a probe of its own."""
    asked = array_of(parameters.add(listed(symbols), "text"))
    newest = _newest(columns, "symbol = asked.symbol", wanted, request, parameters)
    return f"SELECT {columns.taken} FROM unnest({asked}) AS asked (symbol) CROSS JOIN LATERAL ({newest}) AS mention"


def _newest(columns: _Columns, which: str, wanted: MentionFilter, request: PageRequest, parameters: Parameters) -> str:
    """Write the statement of one page; the bound on time alone is what an index without the number can use."""
    beyond = "true"
    if request.position is not None:
        sign = ">" if request.backward else "<"
        at, number = (parameters.add(request.position[0], "timestamptz"), parameters.add(request.position[1], "bigint"))
        beyond = f"posted_at {sign}= {at} AND (posted_at, mention_id) {sign} ({at}, {number})"
    condition, way = _condition(wanted, parameters), _way(request)
    most = parameters.add(request.most, "bigint")
    return f"""
SELECT {columns.read} FROM stock_mentions WHERE {which} AND {condition} AND {beyond}
ORDER BY posted_at {way}, mention_id {way} LIMIT {most}
"""


def _condition(wanted: MentionFilter, parameters: Parameters) -> str:
    """Write what a mention must meet, its symbol aside."""
    terms = ["true"]
    if wanted.sources is not None:
        terms.append(f"source = ANY({parameters.add([source.value for source in wanted.sources], 'text[]')})")
    if wanted.labels is not None:
        terms.append(f"label = ANY({parameters.add([label.value for label in wanted.labels], 'text[]')})")
    if wanted.text is not None:
        query = f"websearch_to_tsquery('english', {parameters.add(storable(wanted.text), 'text')})"
        terms.append(f"to_tsvector('english', text) @@ {query}")
    if wanted.during is not None:
        terms.append(f"posted_at >= {parameters.add(wanted.during.start, 'timestamptz')}")
        terms.append(f"posted_at < {parameters.add(wanted.during.end, 'timestamptz')}")
    if wanted.min_engagement is not None:
        terms.append(f"engagement >= {parameters.add(wanted.min_engagement, 'bigint')}")
    if wanted.simulated is not None:
        terms.append(f"simulated = {parameters.add(wanted.simulated, 'boolean')}")
    return " AND ".join(terms)


def _fetching(session: Session, wanted: MentionFilter) -> Fetching:
    return session.fetch if wanted.text is None else session.fetch_for_values


def _way(request: PageRequest) -> str:
    return "ASC" if request.backward else "DESC"
