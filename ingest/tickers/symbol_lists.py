"""Symbols that stand in a list, like "NVDA, AMD and ARM": the sure ones vouch for a word among them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ingest.tickers.phrases import DIVIDERS
from ingest.tickers.vocabulary import Entry, Spelling

_FAR: Final = 12
_MOST_DIVIDERS: Final = 2


def company_of(tokens: Sequence[str], entries: Mapping[str, Entry], i: int, *, divided: bool = True) -> tuple[str, ...]:
    """Tagged or unmistakable symbols in the list around a token, read both ways up to a bounded distance.

    `divided` asks for commas, slashes or the like between all; without it a row divided by spaces counts too.
    """
    return tuple(
        token
        for step in (-1, 1)
        for token in _items(tokens, entries, i, step, divided=divided)
        if token[0] == "$" or entries[token].spelling is Spelling.PLAIN
    )


def _items(tokens: Sequence[str], entries: Mapping[str, Entry], i: int, step: int, *, divided: bool) -> Iterator[str]:
    dividers = 0
    for place in range(i + step, i + step * (_FAR + 1), step):
        if not 0 <= place < len(tokens):
            return
        token = tokens[place]
        if token.lower() in DIVIDERS:
            dividers += 1
            if dividers > _MOST_DIVIDERS:
                return
        elif (token[0].isdigit() and dividers) or (token[-1] == "%" and len(token) > 1):
            continue
        elif (dividers or not divided) and _may_be_symbol(token, entries):
            dividers = 0
            yield token
        else:
            return


def _may_be_symbol(token: str, entries: Mapping[str, Entry]) -> bool:
    if token[0] == "$":
        return token[1:2].isalpha()
    entry = entries.get(token)
    return entry is not None and entry.symbol is not None and token.isupper()
