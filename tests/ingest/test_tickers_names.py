"""Companies are found by what people call them, where the text means the company."""

import pytest

from ingest.tickers import Extractor, Listing
from ingest.tickers.company_names import derived_names
from ingest.tickers.nicknames import Need, nicknames

NAMES = {
    "AAPL": "Apple Inc. Common Stock",
    "AMZN": "Amazon.com, Inc. Common Stock",
    "BA": "Boeing Company (The) Common Stock",
    "BAC": "Bank of America Corporation Common Stock",
    "BRK.A": "Berkshire Hathaway Inc.",
    "BRK.B": "Berkshire Hathaway Inc. New",
    "PULS": "Pulse, Inc. Common Stock",
    "BYND": "Beyond Meat, Inc. Common Stock",
    "F": "Ford Motor Company Common Stock",
    "FORD": "Forward Industries, Inc.",
    "FNKO": "Funko, Inc. Class A Common Stock",
    "GAP": "Gap, Inc. (The) Common Stock",
    "GE": "GE Aerospace Common Stock",
    "GEV": "GE Vernova Inc.",
    "GOOG": "Alphabet Inc. Class C Capital Stock",
    "GOOGL": "Alphabet Inc. Class A Common Stock",
    "JPM": "JP Morgan Chase & Co. Common Stock",
    "JPM.PC": "J P Morgan Chase & Co Depositary Shares, each representing 1/400th of Preferred Stock Series EE",
    "MCD": "McDonald's Corporation Common Stock",
    "META": "Meta Platforms, Inc. Class A Common Stock",
    "MS": "Morgan Stanley Common Stock",
    "NVDA": "NVIDIA Corporation Common Stock",
    "PYPL": "PayPal Holdings, Inc. Common Stock",
    "RKLB": "Rocket Lab Corporation Common Stock",
    "T": "AT&T Inc.",
    "TGT": "Target Corporation Common Stock",
    "V": "Visa Inc.",
    "XYZ": "Block, Inc. Class A Common Stock",
    "XLK": "State Street Technology Select Sector SPDR ETF",
}
EXTRACTOR = Extractor(Listing(NAMES))


def found(text: str) -> set[str]:
    """The symbols in a text."""
    return {match.symbol for match in EXTRACTOR.find(text)}


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Apple reported record services revenue", {"AAPL"}),
        ("Google and Facebook face new rules", {"GOOGL", "META"}),
        ("nvidia earnings decide the week", {"NVDA"}),
        ("APPLE STOCK IS A BUY", {"AAPL"}),
        ("amazon stock is cheap, adding more", {"AMZN"}),
        ("Berkshire Hathaway's cash pile", {"BRK.B"}),
        ("JPMorgan, Bank of America and AT&T report", {"JPM", "BAC", "T"}),
        ("McDonald\u2019s sales fell; Boeing\u2019s too", {"MCD", "BA"}),
        ("GE Vernova spins up", {"GEV"}),
        ("Rocket Lab wins a contract", {"RKLB"}),
        ("Funko shares plunge", {"FNKO"}),
        ("Target shares sink 8%", {"TGT"}),
        ("Shares of Gap rose, Target reported a surprise", {"GAP", "TGT"}),
        ("PayPal and Block face competition", {"PYPL", "XYZ"}),
        ("Visa reports quarterly profit", {"V"}),
        ("FORD recalls trucks, stock dips", {"F"}),
    ],
)
def test_companies_are_found_by_name(text: str, symbols: set[str]) -> None:
    """Famous names stand for themselves, others need a word of the market, ordinary words one right beside them."""
    assert found(text) == symbols
    assert {match.tier for match in EXTRACTOR.find(text)} == {"alias"}


@pytest.mark.parametrize(
    "text",
    [
        "I ate an apple in the shade",
        "Apple pie and Amazon rainforest",
        "Target practice is at noon",
        "Price Target Raised to $150",
        "Mind the Gap on the platform",
        "Visa requirements changed",
        "Block him and move on",
        "Harrison Ford is 80 and buys stocks",
        "Ford Foundation sells shares",
        "Meta-analysis of forty trials",
        "the technology select sector is up",
    ],
)
def test_the_same_words_are_no_companies_elsewhere(text: str) -> None:
    """Fruit, verbs, people, foundations and prices are passed over."""
    assert found(text) == set()


def test_a_bank_that_rates_another_stock_is_not_what_the_text_is_about() -> None:
    """A broker beside its rating is left out; the same bank in news of its own is kept."""
    assert found("$BYND - JPMorgan lowers expectations for Beyond Meat") == {"BYND"}
    assert found("Boeing upgraded to buy at Bank of America") == {"BA"}
    assert found("Morgan Stanley cuts jobs") == {"MS"}
    assert found("Boeing and JPMorgan fell") == {"BA", "JPM"}


def test_names_are_derived_from_listed_names() -> None:
    """Legal forms and kinds of shares go; of several shares the plainest has the name; funds have none."""
    derived = {nickname.name: nickname for nickname in derived_names(NAMES)}
    assert (derived["Funko"].symbol, derived["Funko"].capital) == ("FNKO", Need.FINANCE_IN_THE_TEXT)
    assert derived["Rocket Lab"].capital is Need.NOTHING
    assert derived["Alphabet"].symbol == "GOOG"
    assert derived["Pulse"].capital is Need.FINANCE_BESIDE
    assert not any("SPDR" in name or "Preferred" in name for name in derived)


def test_a_name_that_several_companies_share_stands_for_none() -> None:
    """The short name is dropped, the full ones stay."""
    listed = {
        "AAA": "Acme Robotics, Inc.",
        "BBB": "Acme Robotics Holdings Limited Technologies",
        "CCC": "Zorbex Energy",
    }
    listed |= {"DDD": "Zorbex Pharmaceuticals, Inc."}
    names = {nickname.name for nickname in derived_names(listed)}
    assert "Zorbex" not in names
    assert {"Zorbex Energy", "Zorbex Pharmaceuticals"} <= names


def test_nicknames_are_well_formed() -> None:
    """Each belongs to one symbol, which is spelled in capitals, and no name stands for two companies in one group."""
    seen: dict[tuple[str, Need, Need], str] = {}
    for nickname in nicknames():
        assert nickname.symbol == nickname.symbol.upper()
        assert nickname.name
        assert seen.setdefault((nickname.name, nickname.capital, nickname.small), nickname.symbol) == nickname.symbol
