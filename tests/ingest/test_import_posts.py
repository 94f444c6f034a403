"""Posts from files into mentions with scores."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.importing.post_rows import LONGEST_TEXT, Posts, derived_id
from storage.terms import Source
from tests.ingest.conftest import NOW, Importer

HEADER = "id,posted_at,source,text\n"
Rows = Callable[[str], Any]


async def test_posts_become_scored_mentions_and_again_change_nothing(importer: Importer, rows: Rows) -> None:
    """One mention per stock named, with score, evidence, model and tier."""
    text = (
        HEADER
        + '1,2026-05-01T10:00:00,reddit,"$tsla had a great quarter, better than NVDA"\n2,2026-05-01,X,"Love $F"\n'
    )
    assert (await importer(Posts(NOW), text)).counts == (2, 0, 0)
    assert (await importer(Posts(NOW), text)).counts == (0, 0, 2)
    found = await rows("SELECT symbol, source, label, tier, score > 0, evidence FROM stock_mentions ORDER BY symbol")
    assert [row[:5] for row in found] == [
        ("F", "x", "positive", "cashtag", True),
        ("NVDA", "reddit", "positive", "bare", True),
        ("TSLA", "reddit", "positive", "cashtag", True),
    ]
    assert "great" in str(found[1][5])
    assert await rows("SELECT count(*), count(DISTINCT model) FROM stock_mentions") == [(3, 1)]


async def test_a_missing_id_is_derived_from_source_and_text(importer: Importer, rows: Rows) -> None:
    """The same text twice in one source is one post; in two sources it is two."""
    text = "posted_at,source,text\n2026-05-01,x,buy $F\n2026-05-01,x,buy $F\n2026-05-01,reddit,buy $F\n"
    assert (await importer(Posts(NOW), text)).counts == (2, 0, 1)
    ids = await rows("SELECT source, external_id FROM stock_mentions ORDER BY source")
    assert ids == [(source.value, derived_id(source, "buy $F")) for source in (Source.REDDIT, Source.X)]
    assert ids[0][1] != ids[1][1]


async def test_foreign_columns_are_mapped_and_given_values_fill_in(importer: Importer, rows: Rows) -> None:
    """A labelled set without ids, times and sources imports by mapping; several symbols may stand in one cell."""
    when = datetime(2022, 5, 17, tzinfo=UTC)
    text = '"Stock Ticker","Tweet Text"\n$TSLA,"line one\nline two"\n$F $AMD;,fine\n$GONE,text\n'
    kind = Posts(NOW, Source.X, when)
    outcome = await importer(kind, text, mapping={"Tweet Text": "text", "Stock Ticker": "symbol"})
    assert outcome.counts == (2, 0, 0)
    assert [(each.line, each.reason) for each in outcome.rejections] == [(5, "symbol is not listed")]
    assert await rows("SELECT symbol, tier, posted_at FROM stock_mentions ORDER BY symbol") == [
        ("AMD", "given", when),
        ("F", "given", when),
        ("TSLA", "given", when),
    ]


async def test_a_post_that_names_no_stock_is_skipped_unless_it_named_one_before(importer: Importer, rows: Rows) -> None:
    """Nothing is kept of it; but an edited post loses the mention that its text no longer has."""
    outcome = await importer(Posts(NOW), HEADER + "1,2026-05-01,x,nothing here\n2,2026-05-01,x,hold $F\n")
    assert (outcome.counts, dict(outcome.tally.skipped)) == ((1, 0, 0), {"names no listed stock": 1})
    assert not outcome.rejections
    assert (await importer(Posts(NOW), HEADER + "2,2026-05-01,x,edited away\n")).counts == (0, 1, 0)
    assert await rows("SELECT count(*) FROM stock_mentions") == [(0,)]
    assert await rows("SELECT count(*) FROM sentiment_data") == [(0,)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,3000-01-01,x,$F", "posted_at lies in the future"),
        ("1,1999-12-31,x,$F", "posted_at lies before 2000-01-01"),
        ("1,2026-05-01,myspace,$F", "source is none of reddit, x, news"),
        ("1,2026-05-01,,$F", "source is empty"),
        ("1,,x,$F", "posted_at is empty"),
        ("1,2026-05-01,x,", "text is empty"),
        (f"{'1' * 201},2026-05-01,x,$F", "id is longer than 200 characters"),
        (f"1,2026-05-01,x,$F {'y' * LONGEST_TEXT}", "text is longer than 40,000 characters"),
        (f"1,2026-05-01,x,$F {'y' * 1_000_000}", "malformed CSV"),
        (f"1,2026-05-01,x,$F {'y' * 2_000_000}", "line longer than 1,048,576 bytes"),
        ("1,2026-05-01,x,$F \0", "NUL byte"),
    ],
)
async def test_a_bad_post_is_rejected_with_its_line(importer: Importer, row: str, reason: str) -> None:
    """Each kind of bad post has its own reason; the next one comes in."""
    outcome = await importer(Posts(NOW), f"{HEADER}{row}\n9,2026-05-01,x,$F\n")
    assert [(each.line, each.reason) for each in outcome.rejections] == [(2, reason)]
    assert outcome.counts == (1, 0, 0)


async def test_a_megabyte_of_text_in_json_is_a_bad_row(importer: Importer) -> None:
    """The limit on text holds in both formats."""
    line = '{"posted_at": "2026-05-01", "source": "x", "text": "$F ' + "y" * 1_000_000 + '"}'
    outcome = await importer(Posts(NOW), line, "posts.jsonl")
    assert [each.reason for each in outcome.rejections] == ["text is longer than 40,000 characters"]


async def test_a_post_within_the_next_day_is_taken(importer: Importer) -> None:
    """Clocks differ; a day ahead is forgiven."""
    soon = (NOW + timedelta(hours=23)).isoformat()
    assert (await importer(Posts(NOW), f"{HEADER}1,{soon},x,$F\n")).counts == (1, 0, 0)
