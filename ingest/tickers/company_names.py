"""Derives what a company is called from its listed name: "Micron Technology, Inc. - Common Stock" is "Micron".

Funds, preferred shares, warrants, units and shell companies get no name: nobody writes of them by it. What a derived
name needs around it grows as it gets less distinctive: a full name of several words stands for itself, a single word
needs a text about the market, and one that several companies share stands for none.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from ingest.tickers.nicknames import Need, Nickname
from ingest.tickers.plain_names import PARTS_OF_NAMES, PLAIN_NAMES

_NO_COMPANY = re.compile(
    r"\b(?:ETFs?|ETNs?|Funds?|iShares|ProShares|SPDR|Vanguard|Direxion|Index|Municipal|Portfolio|Bonds?|Notes?|Warrants?"
    r"|Rights?|Units?|Preferred|Debentures?|Acquisitions?|Income|Treasury|Leveraged|Daily|Shares? of Beneficial"
    r"|Capital Trust|Premium|Dividend|Closed[- ]End|VanEck|Invesco|Grayscale|Bitwise|Franklin Templeton|\d+X)\b|\d%",
    re.IGNORECASE,
)
_SECURITY = re.compile(
    r"[\s,.-]+(?:Class [A-Z]\b|Series [A-Z]\b|Common|Ordinary|American Dep|Depositary|Subordinate|Capital Stock|ADS|ADR"
    r"|Sponsored|Unsponsored|New York Registry|Voting|Non-?Voting|Registered|Shares\b|\(.*).*",
    re.IGNORECASE,
)
_LEGAL: Final = frozenset(
    """
    inc incorporated corp corporation co company companies ltd limited plc nv n.v sa s.a ag se lp l.p llc holdings
    holding hldgs group the & and de c.v trust
    """.split()  # noqa: SIM905  # a table of words is easier to read and to extend
)
_BUSINESS: Final = frozenset(
    """
    technologies technology therapeutics pharmaceuticals pharmaceutical pharma platforms systems industries
    international energy brands communications entertainment software networks airlines motors motor financial
    enterprises stores semiconductor semiconductors interactive global laboratories labs biosciences biotherapeutics
    biopharma medical health healthcare resources petroleum electronics materials foods
    """.split()  # noqa: SIM905  # a table of words is easier to read and to extend
)
_MEAN_OTHERS: Final = frozenset(
    {"nasdaq", "s&p", "first trust", "equity", "bullish", "indonesia", "powell", "williams", "strategy", "uranium"}
    | {"bancorp", "bancshares", "factset", "latam", "solana", "nakamoto", "crispr", "icahn", "accel"}
)
"""Names that nearly always mean a market, a region, a coin, a person, a publisher or just the word."""
_SINGLE_LETTERS: Final = 5


def derived_names(names: Mapping[str, str]) -> Iterator[Nickname]:
    """Each name that belongs to one company only; of a company's several shares the plainest symbol gets it."""
    owners: dict[str, dict[str, Nickname]] = defaultdict(dict)
    for symbol in sorted(names, key=lambda symbol: ("." in symbol, len(symbol), symbol)):
        for company, nickname in _names_of(symbol, names[symbol]):
            owners[nickname.name.casefold()].setdefault(company, nickname)
    for candidates in owners.values():
        if len(candidates) == 1:
            yield from candidates.values()


def _names_of(symbol: str, listed: str) -> Iterator[tuple[str, Nickname]]:
    if not listed or _NO_COMPANY.search(listed):
        return
    words = _without(_SECURITY.sub("", listed).replace(",", " ").split(), _LEGAL)
    if not words:
        return
    company = " ".join(words).casefold()
    yield from ((company, name) for name in _nickname(symbol, words))
    short = _without(words, _BUSINESS)
    if short and len(short) < len(words):
        yield from ((company, name) for name in _nickname(symbol, short, shortened=True))


def _without(words: list[str], endings: frozenset[str]) -> list[str]:
    """Drop legal forms or words of business from the end, and an article from the start."""
    start = 1 if words and words[0].casefold() == "the" else 0
    end = len(words)
    while end > start and words[end - 1].casefold().strip(".") in endings:
        end -= 1
    return words[start:end]


def _nickname(symbol: str, words: list[str], *, shortened: bool = False) -> Iterator[Nickname]:
    name = " ".join(words)
    if name.casefold() in _MEAN_OTHERS:
        return
    plain = all(word.casefold() in PLAIN_NAMES for word in words)
    if len(words) > 1:
        need = Need.FINANCE_BESIDE if plain else Need.FINANCE_IN_THE_TEXT if shortened else Need.NOTHING
    elif len(name) < _SINGLE_LETTERS or not name[0].isupper() or name.casefold() in PARTS_OF_NAMES:
        return
    else:
        need = Need.FINANCE_BESIDE if plain else Need.FINANCE_IN_THE_TEXT
    yield Nickname(symbol, name, need, Need.NEVER)
