"""What holds for any text: matches are listed, once each, outside addresses, whatever is written around them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tickers import Extractor, Listing
from ingest.tickers.hard_words import HARD_WORDS
from ingest.tickers.ordinary_words import ORDINARY_WORDS
from storage.symbols import canonical

LISTED = ORDINARY_WORDS | HARD_WORDS | {"AAPL", "TSLA", "NVDA", "BRK.B", "F", "T", "A", "GME", "BTC", "META"}
NAMES = {**dict.fromkeys(LISTED, ""), "AAPL": "Apple Inc.", "META": "Meta Platforms, Inc.", "F": "Ford Motor Company"}
EXTRACTOR = Extractor(Listing(NAMES))
PIECES = st.sampled_from(
    """
    $AAPL TSLA NOW COST apple Apple Ford calls on of shares long 130c +4% $5 ( ) , / : NYSE and . - @ # \u2019s
    \U0001f680 is up 5% earnings brk.b F A BTC https://a.b/TSLA @TSLA r/GME x@TSLA.com NVDA GME IT ALL \u00e9 \u6211
    """.split()  # noqa: SIM905  # a table of pieces is easier to extend
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map(" ".join), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS)
def test_any_text_gives_listed_symbols_once_each(text: str) -> None:
    """Nothing breaks the search; what comes out is canonical, listed, reasoned and shared out."""
    matches = EXTRACTOR.find(text)
    assert {match.symbol for match in matches} <= LISTED
    assert len({match.symbol for match in matches}) == len(matches)
    for match in matches:
        assert canonical(match.symbol) == match.symbol
        assert 0 < len(match.reason) <= 120
        assert 0 < match.relevance <= 1
    assert not matches or sum(match.relevance for match in matches) == pytest.approx(1, abs=0.01)


@given(TEXTS, st.text(" \n\t\r\u00a0", max_size=5))
def test_white_space_behind_a_text_changes_nothing(text: str, space: str) -> None:
    """Symbols, tiers and reasons are those of the text alone."""
    plain = [(match.symbol, match.tier, match.reason) for match in EXTRACTOR.find(text)]
    spaced = [(match.symbol, match.tier, match.reason) for match in EXTRACTOR.find(text + space)]
    assert spaced == plain


@given(TEXTS)
def test_the_same_text_gives_the_same_matches(text: str) -> None:
    """The search keeps nothing from one text to the next."""
    assert EXTRACTOR.find(text) == EXTRACTOR.find(text)


@given(st.from_regex(r"(https?://|www\.)[A-Za-z0-9/$._?=&-]{1,40}", fullmatch=True))
def test_nothing_inside_an_address_is_a_ticker(address: str) -> None:
    """Whatever an address is made of."""
    assert EXTRACTOR.find(f"see {address}") == ()


@given(
    st.sampled_from(sorted(LISTED)).filter(str.isalpha), st.sampled_from(("@{}", "u/{}", "r/{}", "x@{}.com", "{}_1"))
)
def test_nothing_inside_a_handle_is_a_ticker(symbol: str, frame: str) -> None:
    """Handles, people, communities, e-mail addresses and identifiers."""
    assert EXTRACTOR.find(f"ask {frame.format(symbol)} today") == ()


@pytest.mark.parametrize(
    "unit",
    [
        *("$A.", "a.b-", "www.", "@a", "$$", "A-A-", "r/", "-", "a&", "a@", "F/", "NOW, ", "(F) ", "COST 3/", "TSLA:"),
        *("Apple and ", "NVDA AMD ", "1,", "9" * 50, "Bank of America ", "'s", "\n", "a" * 100 + ".", "F,1,/"),
    ],
)
def test_a_hostile_megabyte_is_searched_in_linear_time(unit: str) -> None:
    """Repetition of almost-matches ends: squares of a million would outlast the test's timeout many times over."""
    text = unit * (1_000_000 // len(unit))
    assert {match.symbol for match in EXTRACTOR.find(text)} <= LISTED


def test_reasons_stay_short_whatever_the_numbers() -> None:
    """A number of a thousand digits is no price, no strike and no move."""
    for number in ("9" * 1_000, "$" + "9" * 1_000, "9" * 1_000 + "%", "+" + "9" * 1_000 + "%", "9" * 1_000 + "c"):
        for match in EXTRACTOR.find(f"TSLA {number} and COST to {number}"):
            assert re.search(r"\d{20}", match.reason) is None
