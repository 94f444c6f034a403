"""Which stocks a text names, and which words only look like symbols."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.tickers import Extractor, Listing, Match
from ingest.tickers.ordinary_words import ORDINARY_WORDS

LISTED = frozenset(
    ("A", "AAPL", "AI", "ALL", "AMC", "AMD", "BF.B", "BRK.A", "BRK.B", "F", "GME", "GM", "IT", "K", "M", "MSFT", "NOW")
) | {"NVDA", "ON", "T", "TSLA", "WELL", "YOLO"}
EXTRACTOR = Extractor(Listing.of_symbols(LISTED))


def found(text: str) -> list[tuple[str, str]]:
    """Symbols with their tiers."""
    return [(match.symbol, match.tier) for match in EXTRACTOR.find(text)]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Sold $TSLA, bought $aapl and $Amd.", ["TSLA", "AAPL", "AMD"]),
        ('$F! ($T) "$GM" $MSFT\'s $NVDA: $K?', ["F", "T", "GM", "MSFT", "NVDA", "K"]),
        ("$brk.b $BRK_A $BF-B and $BRK/B again", ["BRK.B", "BRK.A", "BF.B"]),
        ("$TSLA.Great day, $AAPL.", ["TSLA", "AAPL"]),
        ("$GME/$AMC pair", ["GME"]),
        ("$NOW and $ALL are companies when tagged", ["NOW", "ALL"]),
        ("line\n$TSLA\nline", ["TSLA"]),
    ],
)
def test_cashtags_are_found_in_any_case_with_class_suffix(text: str, symbols: list[str]) -> None:
    """Cashtags are taken in any case, once each, in the order of the text."""
    assert found(text)[: len(symbols)] == [(symbol, "cashtag") for symbol in symbols]


@pytest.mark.parametrize(
    "text",
    [
        "that cost $20k or $5B, $1.2M",
        "US$AAPL and a$TSLA are inside words",
        "write to $TSLAQQQ or $AAPL1",
        "see https://example.org/$AAPL?q=$TSLA or www.NVDA.com",
        "mail NVDA@AMD.com",
        "@TSLA and @NVDA are people, u/MSFT too, r/AMD is a place",
        "NVDA.com is a host",
        "I put IT ON, ALL of IT is AI NOW, YOLO",
        "well, it is now on",
        "AAPLX TSLAS xNVDA NVDA2 _AMD_",
        "A T F K M stand alone",
        "B&T is not T, M&A is not A",
        "WE ARE ALL GOING ON TODAY BECAUSE WHY NEVER",
        "",
        "$",
        "no such thing as $ZZZZ or ZZZZ",
    ],
)
def test_what_only_looks_like_a_symbol_is_passed_over(text: str) -> None:
    """Amounts, addresses, handles, parts of words, ordinary words, shouting and unlisted symbols give nothing."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("AAPL here, TSLA there", ["AAPL", "TSLA"]),
        ("(MSFT) 'NVDA' GM's AMC.", ["MSFT", "NVDA", "GM", "AMC"]),
        ("BRK.B over BRK-A, BF/B", ["BRK.B", "BRK.A", "BF.B"]),
        ("#AMD and MSFT/AAPL", ["AMD", "MSFT", "AAPL"]),
        ("AAPL MSFT NVDA TSLA AMD", ["AAPL", "MSFT", "NVDA", "TSLA", "AMD"]),
    ],
)
def test_bare_listed_symbols_are_found(text: str, symbols: list[str]) -> None:
    """Upper-case listed symbols that are no ordinary words are taken, lists of them too."""
    assert found(text) == [(symbol, "bare") for symbol in symbols]


def test_a_cashtag_outranks_a_bare_mention_and_each_symbol_comes_once() -> None:
    """The stronger tier holds, with the words that gave it away."""
    assert EXTRACTOR.find("TSLA to $300, I like $tsla and TSLA") == (Match("TSLA", "cashtag", "cashtag $tsla"),)


@given(st.text())
def test_any_text_gives_listed_symbols_only(text: str) -> None:
    """No text breaks the search, and nothing unlisted or repeated comes out."""
    matches = EXTRACTOR.find(text)
    assert {match.symbol for match in matches} <= LISTED
    assert len({match.symbol for match in matches}) == len(matches)


@given(st.sampled_from(sorted(ORDINARY_WORDS)))
def test_every_ordinary_word_is_an_upper_case_word(word: str) -> None:
    """The stop list holds bare upper-case words: anything else in it could never match."""
    assert word.isascii()
    assert word.isalpha()
    assert word.isupper()
    assert len(word) <= 5


def test_a_text_of_a_megabyte_is_searched_in_linear_time() -> None:
    """Hostile repetition of almost-matches ends: the test's own timeout is the bound."""
    for unit in ("$A.", "a.b-", "www.", "@a", "$$", "A-A-", "r/"):
        EXTRACTOR.find(unit * (1_000_000 // len(unit)))
