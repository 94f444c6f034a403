"""Names on everybody's lips: a service somebody uses, a bank that judges others, an abbreviation in small talk."""

import pytest

from ingest.tickers import Extractor, Listing

NAMES = {
    "AI": "C3.ai, Inc.",
    "AMZN": "Amazon.com, Inc.",
    "COIN": "Coinbase Global, Inc.",
    "COST": "Costco Wholesale Corporation",
    "DB": "Deutsche Bank AG",
    "EUV": "",
    "F": "Ford Motor Company",
    "GOOGL": "Alphabet Inc.",
    "GS": "Goldman Sachs Group, Inc.",
    "HD": "Home Depot, Inc.",
    "HOOD": "Robinhood Markets, Inc.",
    "IBKR": "Interactive Brokers Group, Inc.",
    "JD": "JD.com, Inc.",
    "META": "Meta Platforms, Inc.",
    "MS": "Morgan Stanley",
    "NFLX": "Netflix, Inc.",
    "NVDA": "NVIDIA Corporation",
    "PM": "Philip Morris International",
    "RH": "RH",
    "RTX": "RTX Corporation",
    "SNOW": "Snowflake Inc.",
    "TSLA": "Tesla, Inc.",
    "UBER": "Uber Technologies",
    "UBS": "UBS Group AG",
    "ZM": "Zoom Communications, Inc.",
}
EXTRACTOR = Extractor(Listing(NAMES))


def found(text: str) -> set[str]:
    """Symbols found in a text."""
    return {match.symbol for match in EXTRACTOR.find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Saw it on Facebook and laughed",
        "my Uber driver bought calls",
        "just google it, market is closed",
        "Google it before you buy stocks",
        "a Zoom call with investors",
        "Amazon lost my package, and my calls expired",
        "Netflix and chill until the earnings",
        "I moved my stocks from Robinhood to Fidelity",
        "Robinhood is down again, cannot sell my calls",
        "anyone had this with IBKR?",
        "What broker do you use, IBKR?",
        "I went to Costco after the market closed",
    ],
)
def test_names_of_what_somebody_uses_are_passed_over(text: str) -> None:
    """A service, a shop or a brokerage that the writer uses is not what the text is about, with market talk around."""
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("bullish on Facebook", {"META"}),
        ("A ruling on Google is due", {"GOOGL"}),
        ("my Uber shares doubled", {"UBER"}),
        ("my Uber bags are heavy", {"UBER"}),
        ("Robinhood down 8% after the miss", {"HOOD"}),
        ("Robinhood to join the index", {"HOOD"}),
        ("Costco sales rise 6%", {"COST"}),
        ("Zoom raises its forecast", {"ZM"}),
        ("Discount brokers rise as Robinhood joins a deal", {"HOOD"}),
        ("positive on Netflix after US subscriber growth", {"NFLX"}),
        ("IBKR and HOOD both up", {"IBKR", "HOOD"}),
    ],
)
def test_the_same_names_are_taken_where_the_company_is_meant(text: str, symbols: set[str]) -> None:
    """A word of the market right beside the name, or a judgement of it, outweighs what else looks like use."""
    assert found(text) == symbols


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Goldman Sachs says S&P to hit 6,000", set()),
        ("GS upgrades homebuilders, sees rate cuts", set()),
        ("UBS and DB raised their S&P targets", set()),
        ("Morgan Stanley sees upside in Tesla", {"TSLA"}),
        ("GS upgrades TSLA", {"TSLA"}),
        ("Goldman Sachs sees profit rise as rates fall", {"GS"}),
        ("GS up 3%, sees rate cuts as its bankers return, GS at a record", {"GS"}),
    ],
)
def test_banks_that_judge_markets_or_others_are_passed_over(text: str, symbols: set[str]) -> None:
    """A bank is meant where it speaks of itself or is named again."""
    assert found(text) == symbols


@pytest.mark.parametrize(
    "text",
    [
        "PM looks weak, down 3%",
        "RH is down again",
        "bullish on AI, thoughts on AI?",
        "EUV is hard to build",
        "JD Vance spoke",
        "my RTX 4090 mines nothing",
    ],
)
def test_abbreviations_of_small_talk_are_passed_over(text: str) -> None:
    """Premarket, a brokerage, a topic, a technology, a person and a product that are spelled like symbols."""
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Holding SNOW through earnings", {"SNOW"}),
        ("COST at 50x earnings", {"COST"}),
        ("Thoughts on COIN?", {"COIN"}),
        ("What do you think about F?", {"F"}),
        ("SNOW to 200 by Friday", {"SNOW"}),
        ("been in SNOW since 2020", {"SNOW"}),
        ("got out of F at a loss", {"F"}),
        ("my COIN position is small", {"COIN"}),
        ("I like SNOW long term", {"SNOW"}),
        ("COIN is a great company", {"COIN"}),
        ("COIN over NVDA any day", {"COIN", "NVDA"}),
        ("COST getting hammered", {"COST"}),
        ("COIN just crossed 300, COIN broke resistance", {"COIN"}),
        ("shares of AI", {"AI"}),
        ("RH down 14%", {"RH"}),
        ("SNOW to 200 customers it sold", set()),
        ("my SNOW boots", set()),
    ],
)
def test_words_that_are_symbols_are_taken_where_they_are_held_or_weighed(text: str, symbols: set[str]) -> None:
    """Held through an event, valued, asked about, owned since, left, liked, judged, preferred, beaten or broken out."""
    assert found(text) == symbols
