"""Symbols that stand in a list, like "NVDA, AMD and ARM": the sure ones vouch for a word among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.tickers.phrases import DIVIDERS
from ingest.tickers.vocabulary import Entry, Spelling

_FAR: Final = 12
_MOST_DIVIDERS: Final = 2


@dataclass(frozen=True, slots=True)
class Company:
    """Who stands in a list with a token: tagged or unmistakable symbols, and all that may be symbols."""

    sure: tuple[str, ...]
    size: int


def company_of(tokens: Sequence[str], entries: Mapping[str, Entry], i: int) -> Company:
    """Read the list around a token in both directions, up to a bounded distance."""
    sure: list[str] = []
    size = 1
    for step in (-1, 1):
        for token in _items(tokens, entries, i, step):
            size += 1
            if token[0] == "$" or entries[token].spelling is Spelling.PLAIN:
                sure.append(token)
    return Company(tuple(sure), size)


def _items(tokens: Sequence[str], entries: Mapping[str, Entry], i: int, step: int) -> Iterator[str]:
    dividers = 0
    for place in range(i + step, i + step * (_FAR + 1), step):
        if not 0 <= place < len(tokens):
            return
        token = tokens[place]
        if token.lower() in DIVIDERS:
            dividers += 1
            if dividers > _MOST_DIVIDERS:
                return
        elif dividers and _may_be_symbol(token, entries):
            dividers = 0
            yield token
        else:
            return


def _may_be_symbol(token: str, entries: Mapping[str, Entry]) -> bool:
    if token[0] == "$":
        return token[1:2].isalpha()
    entry = entries.get(token)
    return entry is not None and entry.symbol is not None and token.isupper()
