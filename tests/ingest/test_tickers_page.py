"""docs/tickers.md shows what the search finds."""

import re
from pathlib import Path

import pytest

from ingest.tickers import Extractor, Listing
from ingest.tickers.hard_words import HARD_WORDS
from ingest.tickers.ordinary_words import ORDINARY_WORDS
from tests.ingest.labelled_sentences import SETS, sentences

PAGE = (Path(__file__).parents[2] / "docs" / "tickers.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `(.+)` \| (.+) \|$", PAGE.split("## Examples")[1].split("## Measured")[0], re.MULTILINE)
LISTED = dict.fromkeys(ORDINARY_WORDS | HARD_WORDS | {"AAPL", "AMD", "BRK.B", "BTC", "NVDA", "TGT", "TSLA"}, "")
EXTRACTOR = Extractor(Listing({**LISTED, "NOW": "ServiceNow, Inc. Common Stock"}))


@pytest.mark.parametrize(("text", "shown"), EXAMPLES)
def test_the_page_shows_what_is_found(text: str, shown: str) -> None:
    """Symbol, tier and relevance of each example, in order."""
    found = [f"{match.symbol} {match.tier} {match.relevance}" for match in EXTRACTOR.find(text)]
    assert (", ".join(found) or "nothing") == shown


def test_the_page_has_examples_and_counts_its_sentences() -> None:
    """The table is there, and each set is as long as the page says."""
    assert len(EXAMPLES) > 8
    for name in SETS:
        assert re.search(rf"^\| {name}, \w+ \| {len(sentences(name))} \|", PAGE, re.MULTILINE), name
