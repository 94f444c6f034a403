"""Rules that a second reader's sentences asked for: symbols in short sentences, and names that headlines begin with."""

import pytest

from ingest.tickers import Extractor, Listing

NAMES = {
    "AG": "First Majestic Silver Corp",
    "ARM": "Arm Holdings plc",
    "C": "Citigroup Inc.",
    "CAT": "Caterpillar Inc.",
    "COIN": "Coinbase Global, Inc.",
    "COST": "Costco Wholesale Corporation",
    "DAL": "Delta Air Lines",
    "F": "Ford Motor Company",
    "FORD": "Forward Industries, Inc.",
    "GAP": "Gap, Inc.",
    "GM": "General Motors Company",
    "HD": "Home Depot",
    "LOW": "Lowe's Companies",
    "LUV": "Southwest Airlines",
    "MA": "Mastercard",
    "MAT": "Mattel, Inc.",
    "MS": "Morgan Stanley",
    "NOK": "Nokia Corporation Sponsored American Depositary Shares",
    "NVDA": "NVIDIA Corporation",
    "O": "Realty Income",
    "SCHD": "",
    "SMPL": "Simplon Corporation Sponsored ADR",
    "T": "AT&T Inc.",
    "TGT": "Target Corporation",
    "UAL": "United Airlines Holdings",
    "UBER": "Uber Technologies",
    "V": "Visa Inc.",
    "VOO": "",
}
EXTRACTOR = Extractor(Listing(NAMES))


def found(text: str) -> set[str]:
    """Symbols found in a text."""
    return {match.symbol for match in EXTRACTOR.find(text)}


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("V and MA are toll booths", {"V", "MA"}),
        ("MA vs V for ten years?", {"V", "MA"}),
        ("Why did T drop after a beat?", {"T"}),
        ("T cut its dividend", {"T"}),
        ("Is COIN a buy under 150?", {"COIN"}),
        ("Why is V down today?", {"V"}),
        ("F hits a new 52 week high", {"F"}),
        ("Picked up some F yesterday", {"F"}),
        ("COIN is barely moving", {"COIN"}),
        ("COST says prices will rise", {"COST"}),
        ("A starter in ARM under 50", {"ARM"}),
        ("LOW and HD both report", {"LOW", "HD"}),
        ("30% VOO, 20% SCHD, 10% O, rest cash", {"VOO", "SCHD", "O"}),
        ("NVDA, GM and C kick off the week", {"NVDA", "GM", "C"}),
    ],
)
def test_symbols_that_are_words_are_taken_in_a_traders_sentence(text: str, symbols: set[str]) -> None:
    """Weighed against another, asked about, picked up, or counted by share of a portfolio."""
    assert found(text) == symbols


@pytest.mark.parametrize(
    "text",
    [
        "A new 52-week LOW for oil",
        "GM everyone, coffee first",
        "GM fam",
        "The vet booked a CAT scan",
        "I LUV this place",
        "Sonova Holding AG reports results",
        "took an uber to the airport for $80, stock market talk with the driver",
        "Did I drop the call?",
        "A and I are friends",
        "Will A rise?",
    ],
)
def test_words_that_look_like_symbols_are_passed_over(text: str) -> None:
    """Words of English, greetings, other countries' legal forms, and pronouns."""
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Nokia wins a 5G order", {"NOK"}),
        ("Simplon shares fell", {"SMPL"}),
        ("Gap names a manager from Mattel as chief executive", {"GAP", "MAT"}),
        ("Target to cut 200 posts", {"TGT"}),
        ("Delta and United both raised guidance", {"DAL", "UAL"}),
        ("Ford recalls 450,000 pickups", {"F"}),
        ("FORD recalls trucks, stock dips", {"F"}),
        ("my uber shares are up", {"UBER"}),
        ("Delta and dawn", set()),
        ("MS raised its NVDA target", {"NVDA"}),
        ("$MS raised its NVDA target", {"MS", "NVDA"}),
        ("MS raised its dividend", {"MS"}),
    ],
)
def test_names_are_taken_by_what_is_said_of_them(text: str, symbols: set[str]) -> None:
    """What a headline says a company does names it, for a pair of names behind the second; "Sponsored" is no name."""
    assert found(text) == symbols
