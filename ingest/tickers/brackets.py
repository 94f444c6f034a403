"""Symbols in brackets: "ServiceNow (NOW)" names a stock, "Federal Aviation Administration (FAA)" does not."""

from collections.abc import Sequence
from typing import Final

_FAR: Final = 7
_SMALL_WORDS: Final = frozenset({"of", "and", "the", "for", "in", "on", "to", "a", "&", "-"})


def in_brackets(tokens: Sequence[str], i: int) -> bool:
    """Whether the token stands alone in brackets, after something."""
    return 1 < i < len(tokens) - 1 and tokens[i - 1] == "(" and tokens[i + 1] == ")"


def follows_name(tokens: Sequence[str], i: int, name: str) -> bool:
    """Whether the company's listed name begins within a few tokens before the bracket."""
    words = name.replace(",", " ").split()
    if words and words[0].casefold() == "the":
        words = words[1:]
    if not words:
        return False
    first = words[0].casefold().rstrip(".")
    return any(token.casefold() == first for token in tokens[max(i - 1 - _FAR, 0) : i - 1])


def spells_out(tokens: Sequence[str], i: int, symbol: str) -> bool:
    """Whether the capitalised words before the bracket begin with the symbol's letters: an abbreviation is defined."""
    before = [token for token in tokens[max(i - 1 - _FAR, 0) : i - 1] if token.casefold() not in _SMALL_WORDS]
    spelled = before[-len(symbol) :]
    return [token[0].upper() for token in spelled] == list(symbol) and len(symbol) > 1


def follows_capital(tokens: Sequence[str], i: int) -> bool:
    """Whether a capitalised word stands right before the bracket."""
    return tokens[i - 2][0].isupper() and len(tokens[i - 2]) > 1
