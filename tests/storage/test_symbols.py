"""Symbols have one spelling."""

import pytest

from storage.symbols import canonical


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("aapl", "AAPL"),
        (" AAPL\n", "AAPL"),
        ("brk-b", "BRK.B"),
        ("BRK/B", "BRK.B"),
        ("BRK.B", "BRK.B"),
        ("EURUSD=X", "EURUSD=X"),
        ("A" * 16, "A" * 16),
    ],
)
def test_spellings_meet_in_one(text: str, symbol: str) -> None:
    """Case, surrounding blanks and the class separator do not make another stock; the form is stable."""
    assert canonical(text) == symbol
    assert canonical(symbol) == symbol


@pytest.mark.parametrize(
    "text", ["", " ", "A" * 17, "A" * 300, "$AAPL", ".A", "A\0", "straße", "A\nB", "\u212a", "A B", "%"]
)
def test_what_cannot_be_a_symbol_is_none(text: str) -> None:
    """Junk is refused before it reaches SQL; letters outside ASCII are not turned into Latin ones."""
    assert canonical(text) is None
