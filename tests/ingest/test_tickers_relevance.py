"""How a text is shared out between the stocks that it names."""

from math import isclose, log

from ingest.tickers import Extractor, Listing

SYMBOLS = [f"{a}{b}QX" for a in "BCDFGHJKLM" for b in "BCDFGHJKLM"]
EXTRACTOR = Extractor(Listing({**dict.fromkeys(("AMD", "NVDA", "TSLA", *SYMBOLS), ""), "AAPL": "Apple Inc."}))


def shares(text: str) -> dict[str, float]:
    """Relevance by symbol."""
    return {match.symbol: match.relevance for match in EXTRACTOR.find(text)}


def test_one_ticker_has_all_of_the_text() -> None:
    """Named once or often, by whatever tier."""
    assert shares("$TSLA") == shares("TSLA TSLA tsla to the moon") == {"TSLA": 1.0}


def test_the_documented_formula_holds() -> None:
    """It is t * (1 + ln m) * (1.5 - p / 2) * f, as shares of the sum."""
    text = "$AMD fell. Then NVDA and NVDA"
    tokens = 7
    first = 1.0 * 1.5 * 1.5
    second = 0.8 * (1 + log(2)) * (1.5 - 4 / (2 * tokens))
    assert isclose(shares(text)["AMD"], first / (first + second), abs_tol=1e-4)
    assert isclose(shares(text)["NVDA"], second / (first + second), abs_tol=1e-4)


def test_tags_titles_and_repetition_weigh_more() -> None:
    """A tag beats a name, the title beats the text below, three mentions beat one."""
    assert shares("Apple or $TSLA")["TSLA"] > shares("Apple or TSLA")["TSLA"]
    assert shares("TSLA outlook\nNVDA is named below")["TSLA"] > 0.5
    often = shares("NVDA and TSLA. TSLA is what I mean, TSLA")
    assert often["TSLA"] > often["NVDA"]


def test_a_long_list_of_tags_leaves_little_for_each() -> None:
    """A hundred tags share one text: no share is above 3 in 100, none is nothing, and all make one."""
    result = shares("Trending: " + " ".join(f"${symbol}" for symbol in SYMBOLS))
    assert len(result) == 100
    assert max(result.values()) < 0.03
    assert min(result.values()) > 0
    assert isclose(sum(result.values()), 1, abs_tol=0.01)
