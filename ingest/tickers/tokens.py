"""Cuts a text into the words, numbers, tags and marks that the search looks at; everything else is left out.

Addresses, handles, communities and words glued to a dollar sign come out whole, as tokens that are no symbol: so
nothing inside them can be taken for one.
"""

import re
from typing import Final

_LETTER: Final = "A-Za-z0-9_\u00c0-\u024f"
_FOREIGN: Final = "AS|AX|BA|BK|BO|BR|CO|DE|HE|HK|JK|KS|L|MC|MI|MX|NS|NZ|OL|PA|SA|SI|SS|ST|SW|SZ|T|TA|TO|TW|V|VI"
"""Endings that data vendors give to symbols of other countries' exchanges: 8766.T, APT.AX."""
_TOP_DOMAINS: Final = "com|net|org|io|ai|co|gov|edu"

# Repetitions over what another alternative may take again are bounded: an almost-address costs no quadratic time.
_TOKEN = re.compile(
    rf"""
      [A-Za-z]++(?=[ ,]|\.\ )                             # plain words, first because most are
    | (?:https?://|www\.)\S+                              # web addresses
    | \$[A-Za-z]{{1,6}}(?:[._/-][A-Za-z]{{1,2}})?(?![{_LETTER}])  # cashtags, with a class
    | [A-Z0-9]{{1,6}}\.(?:{_FOREIGN})(?![{_LETTER}&])     # symbols of other countries
    | [+-]?\$?\d[\d,]*(?:\.\d+)?(?:[A-Za-z%][{_LETTER}%]*)?  # numbers with sign and unit: +4%, 130c, $20k, 3M
    | [A-Za-z]{{1,6}}[./-][A-Za-z](?![{_LETTER}&/@])      # a symbol with a class: BRK.B, also P/E and U.S
    | [{_LETTER}][{_LETTER}.+-]{{0,63}}@[{_LETTER}.-]{{1,190}}  # e-mail addresses
    | [rRuU]/[{_LETTER}-]+                                # communities and people: r/stocks, u/name
    | [A-Za-z0-9][{_LETTER}-]{{0,62}}(?:\.[{_LETTER}-]{{1,63}}){{0,6}}\.(?:{_TOP_DOMAINS})\b(?:[/:?]\S*)?  # hosts
    | [{_LETTER}]+(?:[&$][{_LETTER}]+)*                   # words, AT&T and a$b among them
    | (?<=[A-Za-z])'[A-Za-z]{{1,2}}(?![{_LETTER}])        # the end of AAPL's or don't
    | @[{_LETTER}]+                                       # handles
    | [.,;:!?()&/+%@#\n\u2013\u2014-]                     # marks that divide, join or announce
    """,
    re.VERBOSE,
)


def tokens_of(text: str) -> list[str]:
    """Cut a text of any length in linear time; curly apostrophes come out straight."""
    return _TOKEN.findall(text.replace("\u2019", "'"))
