"""Every token that may name a stock, with what it may name: built once from a listing, looked up once a token."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain
from typing import Final

from ingest.tickers.coins import NEVER_STOCKS
from ingest.tickers.company_names import derived_names
from ingest.tickers.hard_words import HARD_WORDS
from ingest.tickers.listing import Listing
from ingest.tickers.nicknames import Need, Nickname, nicknames
from ingest.tickers.ordinary_words import ORDINARY_WORDS
from ingest.tickers.phrases import FAMILIAR
from ingest.tickers.tokens import tokens_of

_LONGEST_BARE: Final = 5
_MAIN_CLASSES: Final = {"BRK": "BRK.B"}
"""Symbols that are always written with a class, and the class that is meant where it is left out."""


class Spelling(Enum):
    """How a token spells a symbol, which decides what must stand around it."""

    PLAIN = auto()
    ORDINARY = auto()
    HARD = auto()
    SINGLE = auto()
    SMALL = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Name:
    """A company's name from its second token on, and what it needs around it."""

    symbol: str
    rest: list[str]
    need: Need


@dataclass(slots=True)
class Entry:
    """What a token may name: a symbol, a company by itself, or companies by what follows it (by the second token)."""

    symbol: str | None = None
    spelling: Spelling = Spelling.PLAIN
    alone: Name | None = None
    longer: dict[str, list[Name]] = field(default_factory=dict)


Vocabulary = dict[str, Entry]


def vocabulary_of(listing: Listing) -> Vocabulary:
    """Build the table for one listing: some 50,000 tokens for 13,000 stocks."""
    entries: defaultdict[str, Entry] = defaultdict(Entry)
    for symbol in listing.names:
        for token, spelling in _spellings(symbol):
            entries[token].symbol, entries[token].spelling = symbol, spelling
    for root, symbol in _MAIN_CLASSES.items():
        if symbol in listing and root not in listing:
            entries[root].symbol = symbol
    for nickname in chain(nicknames(), derived_names(listing.names)):
        if nickname.symbol in listing:
            for written, need in _writings(nickname):
                _enter(entries, nickname.symbol, tokens_of(written), need)
    return dict(entries)


def _spellings(symbol: str) -> Iterator[tuple[str, Spelling]]:
    root, _, share_class = symbol.partition(".")
    if not root.isalpha() or len(root) > _LONGEST_BARE:
        return
    if share_class:
        if len(share_class) == 1:
            for written in (symbol, f"{root}-{share_class}", f"{root}/{share_class}"):
                yield written, Spelling.PLAIN
                yield written.lower(), Spelling.SMALL
        return
    spelling = _spelling(root)
    yield root, spelling
    if spelling is Spelling.PLAIN:
        familiar = root.lower() in FAMILIAR
        yield root.lower(), Spelling.PLAIN if familiar else Spelling.SMALL
        if familiar:
            yield root.capitalize(), Spelling.PLAIN


def _spelling(symbol: str) -> Spelling:
    if symbol in NEVER_STOCKS:
        return Spelling.NEVER
    if len(symbol) == 1:
        return Spelling.SINGLE
    if symbol in HARD_WORDS:
        return Spelling.HARD
    return Spelling.ORDINARY if symbol in ORDINARY_WORDS else Spelling.PLAIN


def _writings(nickname: Nickname) -> Iterator[tuple[str, Need]]:
    yield nickname.name, nickname.capital
    if nickname.name.upper() != nickname.name:
        yield nickname.name.upper(), nickname.capital
    if nickname.small is not Need.NEVER:
        yield nickname.name.lower(), nickname.small


def _enter(entries: defaultdict[str, Entry], symbol: str, tokens: list[str], need: Need) -> None:
    """Enter a name under its first token; of equal names the first entered stays."""
    if not tokens:
        return
    first, *rest = tokens
    entry, name = entries[first], Name(symbol, rest, need)
    if rest:
        known = entry.longer.setdefault(rest[0], [])
        if not any(other.rest == rest for other in known):
            known.append(name)
            known.sort(key=lambda other: -len(other.rest))
        return
    entry.alone = entry.alone or name
    if entry.symbol not in {None, symbol} and entry.spelling is Spelling.PLAIN and need is not Need.FINANCE_BESIDE:
        entry.spelling = Spelling.ORDINARY
