"""Finds which listed stocks a text is about.

Two tiers so far, each match with its reason. A *cashtag* ($TSLA, $brk.b) is taken in any case. A *bare* symbol must
be upper case, two to five letters, listed, and no ordinary word; texts that shout are passed over. Amounts ($20k),
web addresses, e-mail addresses and @handles are never symbols.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.tickers.listing import Listing
from ingest.tickers.match import Match
from ingest.tickers.ordinary_words import ORDINARY_WORDS
from storage.symbols import canonical

# Parts are bounded in length: without that, a long text of almost-addresses takes quadratic time.
_NOT_WORDS = re.compile(
    r"""
      (?:https?://|www\.)\S+                            # web addresses
    | \b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8} # e-mail addresses
    | (?<!\w)(?:@|/?[ur]/)\w+                           # @handles, u/names, r/communities
    | \b[\w-]{1,63}\.(?:com|net|org|io|ai|co|gov|edu)\b\S* # hosts without a scheme
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_CASHTAG = re.compile(r"(?<![\w$&@#./-])\$([A-Za-z]{1,6})([._/-][A-Za-z]{1,2})?(?![\w$])")
_BARE = re.compile(r"(?<![\w$&@.])(?<![A-Za-z]['\u2019])(#?)([A-Z]{2,5})([./-][A-Z])?(?![\w$&@]|[.-]\d)")
_WORD = re.compile(r"[A-Za-z]{2,}")
_FEW_WORDS: Final = 3


class Extractor:
    """Finds the stocks of one listing; build one and keep it."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    def find(self, text: str, given: Sequence[str] = ()) -> tuple[Match, ...]:
        """Each listed stock that the text names, once, cashtags first, each tier in the order of the text.

        `given` are canonical symbols that the source itself says the text is about. Linear in the length of the text.
        """
        words = _NOT_WORDS.sub(lambda found: " " * len(found[0]), text)
        found: dict[str, Match] = {}
        for match in _cashtags(words, self._listing):
            found.setdefault(match.symbol, match)
        for symbol in given:
            if symbol in self._listing:
                found.setdefault(symbol, Match(symbol, "given", "named by the source"))
        if not _shouts(words, self._listing):
            for match in _bare(words, self._listing):
                found.setdefault(match.symbol, match)
        return tuple(found.values())


def _cashtags(text: str, listed: Listing) -> Iterator[Match]:
    for tag in _CASHTAG.finditer(text):
        letters, suffix = tag[1], (tag[2] or "").replace("_", ".")
        symbol = _listed(letters + suffix, listed) or _listed(letters, listed)
        if symbol:
            yield Match(symbol, "cashtag", f"cashtag {tag[0]}")


def _bare(text: str, listed: Listing) -> Iterator[Match]:
    for word in _BARE.finditer(text):
        hashtag, letters, suffix = word[1], word[2], word[3] or ""
        symbol = _listed(letters + suffix, listed) if suffix else None
        if symbol is None and letters not in ORDINARY_WORDS:
            symbol = _listed(letters, listed)
        if symbol:
            yield Match(symbol, "bare", f"{'hashtag' if hashtag else 'listed symbol'} {word[0]}")


def _listed(text: str, listed: Listing) -> str | None:
    symbol = canonical(text)
    return symbol if symbol is not None and symbol in listed else None


def _shouts(text: str, listed: Listing) -> bool:
    """Whether upper case carries no meaning here: more words that are no symbols stand in it than in lower case."""
    upper = lower = 0
    for word in _WORD.findall(_CASHTAG.sub(" ", text)):
        if not word.isupper():
            lower += 1
        elif word in ORDINARY_WORDS or _listed(word, listed) is None:
            upper += 1
    return upper > max(lower, _FEW_WORDS)
