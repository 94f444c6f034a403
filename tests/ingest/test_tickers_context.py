"""Words that are listed symbols too become tickers where traders' language says so, and only there."""

import pytest

from ingest.tickers import Extractor, Listing

NAMES = {
    **dict.fromkeys(("AMD", "BRK.B", "CAKE", "COIN", "COST", "F", "GM", "GOOD", "IT", "MAR", "MAY", "NVDA", "O"), ""),
    **dict.fromkeys(("PLTR", "SPY", "T", "TSLA", "BTC", "IEX", "FAA", "PLAY", "V", "DIS", "CAT", "C", "P"), ""),
    "AI": "C3.ai, Inc. Class A Common Stock",
    "ALL": "Allstate Corporation (The) Common Stock",
    "ARM": "Arm Holdings plc American Depositary Shares",
    "NOW": "ServiceNow, Inc. Common Stock",
    "SNOW": "Snowflake Inc. Common Stock",
    "TAK": "Takeda Pharmaceutical Company Limited American Depositary Shares",
}
EXTRACTOR = Extractor(Listing(NAMES))


def found(text: str) -> set[str]:
    """The symbols in a text."""
    return {match.symbol for match in EXTRACTOR.find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "COST 900c expiring Friday",
        "COST 3/21 $900 calls",
        "sold 10 COST at 900",
        "shares of COST for the kids",
        "puts on COST, quickly",
        "COST earnings tonight",
        "my COST shares doubled",
        "COST beats again",
        "COST +4%",
        "COST (-2.5%) is red",
        "COST is up 3% today",
        "COST @ 900",
        "COST to $1000",
        "COST looks overvalued",
        "NVDA, AMD and COST",
        "NVDA AMD COST",
        "$NVDA/COST pair",
        "Costco Wholesale (COST)",
        "NASDAQ: COST",
        "ticker: COST",
        "Why COST jumped",
    ],
)
def test_an_ordinary_word_becomes_a_ticker_in_a_traders_phrase(text: str) -> None:
    """Options, deals, shares, events, moves, prices, lists, brackets and exchanges each re-admit it."""
    assert "COST" in found(text)
    assert {match.tier for match in EXTRACTOR.find(text) if match.symbol == "COST"} == {"context"}
    assert all("COST" in match.reason for match in EXTRACTOR.find(text) if match.symbol == "COST")


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("ServiceNow (NOW) jumps", "NOW"),
        ("NOW reports after the bell", "NOW"),
        ("NOW 1000c for June", "NOW"),
        ("shares of NOW.", "NOW"),
        ("Sold NOW at the open", "NOW"),
        ("NOW and TSLA only", "NOW"),
        ("AI is up 12% after hours", "AI"),
        ("AI 30c expiring in June", "AI"),
        ("SPY, TSLA, NVDA, AI.", "AI"),
        ("Allstate (NYSE: ALL) fell", "ALL"),
        ("Gartner (NYSE:IT) fell", "IT"),
        ("long F, covered calls every week", "F"),
        ("F and GM are cheap", "F"),
        ("V earnings after the close", "V"),
        ("T pays 6% while you wait", "T"),
        ("TAK: Takeda Pharma presents data", "TAK"),
    ],
)
def test_hard_words_and_single_letters_need_what_leaves_no_doubt(text: str, symbol: str) -> None:
    """The words that no ordinary phrase re-admits are taken in those that can mean nothing else."""
    assert symbol in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The COST of living is up",
        "I put IT on ALL of it NOW",
        "buy NOW before it is gone",
        "AI stocks are in a bubble",
        "AI earnings boom ahead",
        "holding ON for dear life",
        "long AND painful day",
        "Plan B beats Plan A, vitamin C, grade F",
        "SPY MAR 450c, SPY 450 C 3/21",
        "he had a GOOD day",
        "TSLA, YES I did",
        "the year in PLAY was long",
        "Federal Aviation Administration (FAA) grounds jets, FAA says",
        "the 8766.T earnings and the IEX:ABC quote",
        "BTC 100k calls, long BTC",
    ],
)
def test_the_same_words_stay_words_elsewhere(text: str) -> None:
    """Emphasis, dates, sides of options, foreign symbols and abbreviations that the text explains are no tickers."""
    assert found(text) <= {"SPY", "TSLA", "IEX"}


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("nvda 130c", {"NVDA"}),
        ("calls on pltr paid my rent", {"PLTR"}),
        ("sold my cake at 40", set()),
        ("bought cake for the party", set()),
        ("my cat shares my bed", set()),
        ("sitting in dis restaurant", set()),
        ("brk.b forever, shares of brk.b", {"BRK.B"}),
    ],
)
def test_small_letters_need_a_strong_phrase(text: str, symbols: set[str]) -> None:
    """In small letters a symbol must stand in a phrase, and one that is a word needs an option."""
    assert found(text) == symbols


def test_shouted_texts_keep_sure_symbols_only() -> None:
    """Where all is in capitals, capitals prove nothing: words need a strike or a phrase, sure symbols do not."""
    assert found("BUY TSLA NOW BEFORE IT IS TOO LATE, ALL IN, GOOD COST") == {"TSLA"}
    assert found("I AM NEVER SELLING MY COST 900c POSITION EVER AGAIN") == {"COST"}


def test_a_doubtful_word_counts_where_another_mention_explains_it() -> None:
    """The ARM of "ARM calls" explains a bare ARM of the same text, which makes it heavier, not another match."""
    once, twice = "NVDA, then ARM calls. Nothing else here", "NVDA, then ARM calls. What ARM does here"
    weight = {text: {m.symbol: m.relevance for m in EXTRACTOR.find(text)}["ARM"] for text in (once, twice)}
    assert weight[twice] > weight[once]


def test_the_fund_of_a_coins_symbol_is_found_by_its_exchange_only() -> None:
    """Coins are never stocks, the listed fund of the same symbol is."""
    assert found("the trust (NYSE Arca: BTC) trades at a discount") == {"BTC"}
