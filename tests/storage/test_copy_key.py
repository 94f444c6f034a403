"""Copies of a text share a key, other texts do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.copy_key import copy_key

TEXT = "AAPL to 300 by Friday"


@pytest.mark.parametrize(
    "copy",
    [
        "aapl TO 300 by friday",
        "RT @somebody: AAPL to 300 by Friday",
        "$AAPL... to 300, by Friday!!!",
        "AAPL to 300 by Friday https://example.com/a?b=1",
        "\N{ROCKET} AAPL  to\n300 by Friday @everybody \N{ROCKET}",
        "\uff21\uff21\uff30\uff2c to 300 by Friday",
    ],
)
def test_a_copy_has_the_key_of_its_text(copy: str) -> None:
    """Form, addresses and handles make no difference, nor does who passes it on."""
    assert copy_key(copy) == copy_key(TEXT)


@pytest.mark.parametrize("other", ["AAPL to 301 by Friday", "MSFT to 300 by Friday", "AAPL to 300"])
def test_other_words_have_another_key(other: str) -> None:
    """A number or a symbol is part of what is said."""
    assert copy_key(other) != copy_key(TEXT)


def test_texts_without_words_are_no_copies_of_each_other() -> None:
    """Two links, or two emoji, have nothing in common."""
    assert len({copy_key(text) for text in ("https://a.example", "https://b.example", "\N{ROCKET}", "!")}) == 4


@given(st.text())
def test_any_text_has_a_key_that_the_column_holds(text: str) -> None:
    """Every text has one, the same each time, within 64 bits; lone surrogates included."""
    assert copy_key(text) == copy_key(text)
    assert -(2**63) <= copy_key(text + "\ud800") < 2**63
