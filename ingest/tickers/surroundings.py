"""Tells from the words around a token whether traders' language makes it a symbol.

Every check looks at a bounded number of tokens, so a text of any length is searched in linear time. A check returns the
reason, in words for people, or None.
"""

import re
from typing import Final

from ingest.tickers import phrases

_STRIKE = re.compile(r"\$?\d{1,6}(?:\.\d{1,2})?[cp]")
_NUMBER = re.compile(r"\$?\d[\d,]{0,11}(?:\.\d{1,4})?(?:st|nd|rd|th|dte)?")
_MULTIPLE = re.compile(r"\d{1,4}(?:\.\d{1,2})?x")
_PRICE = re.compile(r"[$@]\d[\d,]{0,11}(?:\.\d{1,4})?")
_FAR: Final = 8
_NEAR: Final = 4
_LONGEST_NUMBER: Final = 12
_PADDING: Final = ["\n"] * (2 * _FAR)


class Surroundings:
    """The tokens of one text in lower case, read around a place; beyond either end stand line ends."""

    def __init__(self, tokens: list[str]) -> None:
        # Places before the first token are negative, and so find the line ends that pad the list at its end.
        self._words = [*map(str.lower, tokens), *_PADDING]

    def word(self, place: int) -> str:
        """Give the token at a place, in lower case; a line end before the first and after the last."""
        return self._words[place]

    def foreign(self, i: int) -> bool:
        """Whether another country's exchange is named right before, or is named by the token itself."""
        if self._words[i + 1] == ":" and self._words[i] in phrases.FOREIGN_EXCHANGES:
            return True
        return self._words[i - 1] == ":" and self._words[i - 2] in phrases.FOREIGN_EXCHANGES

    def exchange(self, i: int) -> str | None:
        """NYSE: X."""
        if self._words[i - 1] != ":":
            return None
        before = self._words[i - 2]
        if before in phrases.ALSO_OF_EXCHANGES:
            before = self._words[i - 3] if self._words[i - 3] in phrases.EXCHANGES else before
        return f"after the exchange's name {before.upper()}:" if before in phrases.EXCHANGES else None

    def option(self, i: int) -> str | None:
        """X 130c, X 3/21 $130 calls."""
        after = self._words[i + 1]
        if after not in phrases.DATES and not (after[0].isdigit() or after[0] == "$"):
            return None
        numbers = 0
        for word in self._words[i + 1 : i + 1 + _FAR]:
            if _STRIKE.fullmatch(word):
                return f"option {word}"
            if _NUMBER.fullmatch(word):
                numbers += 1
            elif word in phrases.SIDES:
                return f"option with strike, {word}" if numbers else None
            elif word not in phrases.DATES:
                return None
        return None

    def subject(self, i: int) -> str | None:
        """Shares of X, calls on X, ticker X."""
        before, earlier = self._words[i - 1], self._words[i - 2]
        if before in phrases.JOINTS and earlier in phrases.SUBJECTS:
            return f'"{earlier} {before}"'
        if before in phrases.ANNOUNCERS or (before == ":" and earlier in phrases.ANNOUNCERS):
            return '"ticker"'
        return None

    def owned(self, i: int) -> str | None:
        """My X position; in X since 2020; got out of X; I like X."""
        before, earlier, after = self._words[i - 1], self._words[i - 2], self._words[i + 1]
        if before in phrases.OWN and after in phrases.HELD:
            return f'"{before} ... {after}"'
        if before == "in" and after == "since" and _NUMBER.fullmatch(self._words[i + 2]):
            return '"in ... since"'
        if before == "of" and earlier == "out" and self._words[i - 3] in phrases.GETS:
            return '"out of"'
        liked = before in phrases.LIKES and earlier in {"i", "we", "still", "really"}
        return f'"{before}"' if liked and (self.closed(i) or after == "long") else None

    def bought(self, i: int) -> str | None:
        """Bought X, long X, sold 100 X, adding more X."""
        before, earlier = self._words[i - 1], self._words[i - 2]
        if before in phrases.BUYS:
            return f'"{before}"'
        if earlier in phrases.BUYS and (before in phrases.AMOUNTS or _NUMBER.fullmatch(before)):
            return f'"{earlier} {before}"'
        first = self._words[i - 3]
        if first in phrases.BUYS and {before, earlier} <= phrases.AMOUNTS:
            return f'"{first} {earlier} {before}"'
        return None

    def noun(self, i: int, nouns: frozenset[str] = phrases.SHARE_NOUNS) -> str | None:
        """X earnings, X calls, X shares."""
        after = self._words[i + 1]
        if after == "'s":
            after = self._words[i + 2]
        if after in phrases.ALSO_VERBS and self._words[i + 2] in phrases.AFTER_VERBS:
            return None
        return f'"{after}"' if after in nouns else None

    def move(self, i: int) -> str | None:
        """X up 4%, X (+4%), X jumps."""
        after = self._words[i + 1]
        if (
            (after in phrases.MOVES and not (after == "lost" and self._words[i + 2] in phrases.OWN))
            or (after == "cut" and self._words[i + 2] in phrases.MAY_BE_CUT)
            or (after in phrases.BASE_MOVES and self._words[i - 1] in phrases.ASKED)
        ):
            return f'"{after}"'
        later = self._words[i + 2]
        if after in phrases.CROSSES and later in phrases.CROSSED:
            return f'"{after} {later}"'
        if (after in phrases.ADVERBS and later in phrases.MOVES) or (after in phrases.GETS and later in phrases.BEATEN):
            return f'"{after} {later}"'
        for word in self._words[i + 1 : i + 1 + _NEAR]:
            if word.endswith("%") and 1 < len(word) <= _LONGEST_NUMBER:
                return f"moved {word}"
            if word not in phrases.FILLERS:
                break
        return None

    def verdict(self, i: int) -> str | None:
        """X is overvalued; is X overvalued?"""
        if self._words[i - 1] in phrases.ARE:
            after = self._words[i + 2] if self._words[i + 1] in phrases.DEGREES else self._words[i + 1]
            return f'"{after}"' if after in phrases.VERDICTS else None
        if self._words[i + 1] not in {"is", "looks", "was", "'s"}:
            return None
        first = self._words[i + 2]
        after = self._words[i + 3] if first in phrases.DEGREES or first in phrases.ADVERBS else first
        if first in phrases.DEGREES and self._words[i + 4] in phrases.FIRMS:
            return f'"{after} {self._words[i + 4]}"'
        judges = after in phrases.VERDICTS or (first in phrases.ADVERBS and after in phrases.MOVES)
        return f'"{after}"' if judges else None

    def price(self, i: int) -> str | None:
        """X @ 95, X to $300, X $700."""
        after, later = self._words[i + 1], self._words[i + 2]
        if _PRICE.fullmatch(after):
            return f"price {after}"
        if after in {"hits", "hit"} and later in phrases.DETERMINERS:
            later = self._words[i + 3]
        if after == "at" and _MULTIPLE.fullmatch(later):
            return f"valued at {later}"
        if after == "to" and _NUMBER.fullmatch(later) and self._words[i + 3] in phrases.SOON:
            return f"price {later}"
        if after in {"at", "near", "hits", "hit"} and later in phrases.RECORDS:
            return f'"{after} {later}"'
        if after in phrases.LEVELS and (_PRICE.fullmatch(later) or (after == "@" and _NUMBER.fullmatch(later))):
            return f"price {later}"
        return None

    def closed(self, i: int, closers: frozenset[str] = phrases.CLOSERS) -> bool:
        """Whether nothing follows that the token could describe: "long NOW", and not "long NOW expected wait"."""
        after = self._words[i + 1]
        return after in closers or (closers is phrases.CLOSERS and (after[0].isdigit() or after[0] in "$+@"))

    def speaks_of_finance(self, i: int, reach: int) -> bool:
        """Whether a word of the market, a percentage or an amount of money stands within `reach` tokens."""
        around = self._words[max(i - reach, 0) : i + reach]
        return not phrases.FINANCE.isdisjoint(around) or any(
            w[-1] == "%" or (w[0] == "$" and len(w) > 1) for w in around
        )
