"""Which stocks a text names: tags, bare symbols, what only looks like one, and what the source itself names."""

import pytest

from ingest.tickers import Extractor, Listing, Match
from ingest.tickers.hard_words import HARD_WORDS
from ingest.tickers.ordinary_words import ORDINARY_WORDS
from ingest.tickers.relevance import TIERS
from storage.terms import MentionTier

LISTED = frozenset(
    ("A", "AAPL", "AI", "ALL", "AMC", "AMD", "BF.B", "BRK.A", "BRK.B", "BTC", "F", "GME", "GM", "IT", "K", "M", "MSFT")
) | {"NOW", "NVDA", "ON", "T", "TSLA", "USD", "WELL", "YOLO"}
EXTRACTOR = Extractor(Listing.of_symbols(LISTED))


def found(text: str, *given: str) -> list[tuple[str, str]]:
    """Symbols with their tiers."""
    return [(match.symbol, match.tier) for match in EXTRACTOR.find(text, given)]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Sold $TSLA, bought $aapl and $Amd.", ["TSLA", "AAPL", "AMD"]),
        ('$F! ($T) "$GM" $MSFT\'s $NVDA: $K?', ["F", "T", "GM", "MSFT", "NVDA", "K"]),
        ("$brk.b $BRK_A $BF-B and $BRK/B again", ["BRK.B", "BRK.A", "BF.B"]),
        ("$BRK without its class", ["BRK.B"]),
        ("$TSLA.Great day, $AAPL.", ["TSLA", "AAPL"]),
        ("$GME/$AMC pair, $KO$TSLA glued", ["GME", "AMC", "TSLA"]),
        ("$NOW and $ALL are companies when tagged", ["NOW", "ALL"]),
        ("line\n$TSLA\nline", ["TSLA"]),
        ("\U0001f680$TSLA\U0001f680 买$AAPL了", ["TSLA", "AAPL"]),
        ("$$TSLA and #$AMD", ["TSLA", "AMD"]),
    ],
)
def test_cashtags_are_found_in_any_case_with_class_suffix(text: str, symbols: list[str]) -> None:
    """Cashtags are taken in any case, once each, in the order of the text."""
    assert found(text) == [(symbol, "cashtag") for symbol in symbols]


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
        "NVDA_price = get(AAPL_df)",
        "I put IT ON, ALL of IT is AI NOW, YOLO",
        "well, it is now on",
        "AAPLX TSLAS xNVDA NVDA2 _AMD_ éTSLA TSLAé",
        "A T F K M stand alone",
        "B&T is not T, M&A is not A, P/E is no stock",
        "WE ARE ALL GOING ON TODAY BECAUSE WHY NEVER",
        "$BTC and BTC mean the coin, USD and $USD the dollar, EUR/USD a pair",
        "MSFT.TO, T.AX and 8766.T are other countries' stocks, LSE: F and TSE: K too",
        "",
        "$",
        "no such thing as $ZZZZ or ZZZZ",
    ],
)
def test_what_only_looks_like_a_symbol_is_passed_over(text: str) -> None:
    """Amounts, addresses, handles, code, parts of words, ordinary words, coins and unlisted symbols give nothing."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("AAPL here, TSLA there", ["AAPL", "TSLA"]),
        ("(MSFT) 'NVDA' GM's AMC.", ["MSFT", "NVDA", "GM", "AMC"]),
        ("\u201cAAPL\u201d and \u2018TSLA\u2019, NVDA\u2019s too", ["AAPL", "TSLA", "NVDA"]),
        ("BRK.B over BRK-A, BF/B", ["BRK.B", "BRK.A", "BF.B"]),
        ("#AMD and MSFT/AAPL", ["AMD", "MSFT", "AAPL"]),
        ("AAPL MSFT NVDA TSLA AMD", ["AAPL", "MSFT", "NVDA", "TSLA", "AMD"]),
        ("GME🚀🚀 and 🚀AMC", ["GME", "AMC"]),
        ("tsla and nvda in small letters cannot be words", ["TSLA", "NVDA"]),
    ],
)
def test_bare_listed_symbols_are_found(text: str, symbols: list[str]) -> None:
    """Upper-case listed symbols that are no ordinary words are taken, lists of them too."""
    assert found(text) == [(symbol, "bare") for symbol in symbols]


def test_the_surest_mention_holds_and_each_symbol_comes_once() -> None:
    """A tag outranks phrase, bare symbol and name, and a lone match is the whole text's."""
    text = "Apple up, AAPL to $300, I like $aapl and AAPL calls"
    assert EXTRACTOR.find(text) == (Match("AAPL", "cashtag", "cashtag $aapl", 1.0),)
    assert found("Tesla, TSLA") == [("TSLA", "bare")]


def test_symbols_given_by_the_source_are_kept_if_listed() -> None:
    """Spelled in any way, behind tags and before all else; unlisted ones are passed over."""
    assert found("Rates are up", "aapl", "BRK-B", "ZZZZ", "no symbol") == [("AAPL", "given"), ("BRK.B", "given")]
    assert found("$GME or AMC", "GME", "AMC", "T") == [("GME", "cashtag"), ("AMC", "given"), ("T", "given")]
    assert found("", "TSLA") == [("TSLA", "given")]


def test_a_given_coin_is_the_coin_where_the_text_names_it() -> None:
    """A fund of a coin's symbol may be given, but not by a source that reads the coin's tag."""
    assert found("$BTC to a million", "BTC") == []
    assert found("Outflows from the trust go on", "BTC") == [("BTC", "given")]


def test_tiers_are_those_that_mentions_are_stored_with() -> None:
    """The search and the table speak of the same tiers, in the same order."""
    assert list(TIERS) == [tier.value for tier in MentionTier]


def test_stop_lists_hold_what_could_match() -> None:
    """They hold bare upper-case words of up to five letters: anything else in them could never match."""
    for word in ORDINARY_WORDS | HARD_WORDS:
        assert word.isascii()
        assert word.isalpha()
        assert word.isupper()
        assert len(word) <= 5, word
