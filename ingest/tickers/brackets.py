"""Symbols beside a name: "ServiceNow (NOW)" names a stock, "Federal Aviation Administration (FAA)" does not."""

from collections.abc import Sequence
from typing import Final

_FAR: Final = 7
_NAME_STARTS_WITHIN: Final = 4
_HEADING_MARKS: Final = frozenset({":", "-", "\u2013", "\u2014"})
_SMALL_WORDS: Final = frozenset({"of", "and", "the", "for", "in", "on", "to", "a", "&", "-"})


def in_brackets(tokens: Sequence[str], i: int) -> bool:
    """Whether the token stands alone in brackets, after something."""
    return 1 < i < len(tokens) - 1 and tokens[i - 1] == "(" and tokens[i + 1] == ")"


def heads_name(tokens: Sequence[str], i: int, name: str) -> bool:
    """Whether the token heads a text or line as "TAK: Takeda Pharma ..." does, its company's name right behind."""
    if i + 1 >= len(tokens) or tokens[i + 1] not in _HEADING_MARKS or (i and tokens[i - 1] != "\n"):
        return False
    first = _first_word(name)
    return first != "" and any(token.casefold() == first for token in tokens[i + 2 : i + 2 + _NAME_STARTS_WITHIN])


def follows_name(tokens: Sequence[str], i: int, name: str) -> bool:
    """Whether the company's listed name begins within a few tokens before the bracket."""
    first = _first_word(name)
    return first != "" and any(token.casefold() == first for token in tokens[max(i - 1 - _FAR, 0) : i - 1])


def spells_out(tokens: Sequence[str], i: int, symbol: str) -> bool:
    """Whether the capitalised words before the bracket begin with the symbol's letters: an abbreviation is defined."""
    before = [token for token in tokens[max(i - 1 - _FAR, 0) : i - 1] if token.casefold() not in _SMALL_WORDS]
    spelled = before[-len(symbol) :]
    return [token[0].upper() for token in spelled] == list(symbol) and len(symbol) > 1


def follows_capital(tokens: Sequence[str], i: int) -> bool:
    """Whether a capitalised word stands right before the bracket."""
    return tokens[i - 2][0].isupper() and len(tokens[i - 2]) > 1


def _first_word(name: str) -> str:
    words = name.replace(",", " ").split()
    if words and words[0].casefold() == "the":
        words = words[1:]
    return words[0].casefold().rstrip(".") if words else ""
