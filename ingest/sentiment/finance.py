"""Reads a text into pieces as finance writes: cashtags, amounts, percentages, emoji, hash tags and phrases."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ingest.sentiment.direction import CURRENCIES
from ingest.sentiment.lexicon import Lexicon
from ingest.sentiment.phrases import Phrases
from ingest.sentiment.pieces import BUT, COMPARES, DIRECTION, IDIOM_TAIL, LADEN, PHRASE_HEAD, SIDE, Piece
from ingest.sentiment.sides import SIDES
from ingest.sentiment.tokens import CASHTAG, ELONGATED, NUMBER, URL, words_of
from ingest.sentiment.vader import BOOSTERS, IDIOM_TAILS, NEGATIONS, REACH

CHANGE = 1.8
"""Weight of a signed percentage, as "+8%"."""
_KEPT_TOKENS = 1 << 16
_LONGEST_KEPT = 40
_KEPT_PHRASES = 1 << 12
_COMPARING = frozenset(("compared to", "compared with", "compared", "versus", "vs", "against", "from"))
_CLAUSE_ENDS = (".", ";", ":", "!", "?")
_MARKS = (",", *_CLAUSE_ENDS)
_ABBREVIATIONS = frozenset(("inc", "corp", "co", "ltd", "plc", "mr", "ms", "dr", "no", "vs", "st", "approx"))
_SCALES = {"k": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mln": 1e6, "b": 1e9, "bn": 1e9, "bln": 1e9}
_AROUND_NUMBERS = ",;:.!?()[]\"'*~"
_SHARES = frozenset(("%", "percent", "pct"))


class _Kept(dict[str, tuple[Piece, ...]]):
    """The pieces of tokens, read when first asked for; a dictionary answers in a third of a cache's time.

    Full, it forgets all: what matters comes again at once. Long tokens are read each time, for few come twice.
    """

    def __init__(self, read: Callable[[str], tuple[Piece, ...]]) -> None:
        super().__init__()
        self._read_token = read

    def __missing__(self, token: str) -> tuple[Piece, ...]:
        pieces = self._read_token(token)
        if len(token) <= _LONGEST_KEPT:
            if len(self) >= _KEPT_TOKENS:
                self.clear()
            self[token] = pieces
        return pieces


class FinanceReader:
    """Pieces of a text; what a token says by itself is kept for the next text that holds it."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._phrases = Phrases(lexicon.phrases)
        self._words = frozenset(
            (*lexicon.weights, *lexicon.rising, *lexicon.falling, *lexicon.good, *lexicon.bad, *lexicon.plain)
        )
        bearing = (*lexicon.negations, *BOOSTERS, *NEGATIONS, *_COMPARING, *SIDES, "but")
        self._meaning = self._words.union(bearing, map(str.lower, IDIOM_TAILS), self._phrases.heads)
        self._kept = _Kept(self._read)
        self._joined = lru_cache(_KEPT_PHRASES)(self._phrase)

    def clean(self, text: str) -> str:
        """Take web addresses out of a text."""
        return URL.sub(" ", text) if "://" in text or "www." in text else text

    def read(self, text: str) -> Sequence[Piece]:
        """Split a text, each phrase of the lists as one piece."""
        pieces: list[Piece] = []
        kept = self._kept
        for token in text.split():
            pieces += kept[token]
        self._phrases.merge(pieces, self._joined)
        return pieces

    def _read(self, token: str) -> tuple[Piece, ...]:
        if len(token) == 1 and token.isascii() and not token.isdecimal():
            return ()
        if (piece := self._letters(token)) is not None:
            return (piece,)
        words = list(words_of(token, self._words.__contains__))
        pauses = token[-1] == ","
        ends = token.endswith(_CLAUSE_ENDS) and bool(words) and words[-1].lower() not in _ABBREVIATIONS
        last = len(words) - 1
        pieces = tuple(
            self._piece(word, pauses=pauses and place == last, ends=ends and place == last)
            for place, word in enumerate(words)
        )
        if token[0] == "(" and not last and pieces[0].key in CURRENCIES:
            return (pieces[0]._replace(marks=pieces[0].marks | COMPARES),)
        return pieces

    def _letters(self, token: str) -> Piece | None:
        """Read letters with at most one mark behind them, which come out as one word: most new tokens are such."""
        mark = token[-1]
        word = token[:-1] if mark in _MARKS else token
        if not (word.isascii() and word.isalpha()):
            return None
        key = word.lower()
        if key not in self._words and ELONGATED.search(key):
            return None
        if token is not word and token.lower() in self._words:
            return None
        pauses, ends = mark == ",", mark in _CLAUSE_ENDS and key not in _ABBREVIATIONS
        if key in self._meaning:
            return self._term(word, key, pauses=pauses, ends=ends)
        return Piece(word, key, upper=word.isupper(), pauses=pauses, ends=ends)

    def _piece(self, word: str, *, pauses: bool, ends: bool) -> Piece:
        key = word.lower()
        if (word[0] == "@" and len(word) > 1) or ("$" in word and CASHTAG.fullmatch(word)):
            return Piece(word, key, pauses=pauses, ends=ends)
        if key not in self._words and not word.isalpha() and (number := NUMBER.fullmatch(word)):
            return self._number(word, number, pauses=pauses, ends=ends)
        return self._term(word, key, pauses=pauses, ends=ends)

    def _phrase(self, words: str, key: str, last: Piece) -> Piece:
        return self._term(words, key, pauses=last.pauses, ends=last.ends)

    def _term(self, word: str, key: str, *, pauses: bool, ends: bool) -> Piece:
        """Look a word or phrase up in all lists."""
        lists = self._lexicon
        booster = BOOSTERS.get(key, 0.0)
        weight = 0.0 if booster else lists.weights.get(key, 0.0)
        direction = (key in lists.rising) - (key in lists.falling)
        marks = LADEN if weight else 0
        marks |= DIRECTION if direction else 0
        marks |= BUT if key == "but" else 0
        marks |= COMPARES if key in _COMPARING else 0
        marks |= PHRASE_HEAD if self._phrases.begin_with(key) else 0
        marks |= IDIOM_TAIL if word in IDIOM_TAILS else 0
        marks |= SIDE if key in SIDES else 0
        return Piece(
            word=word,
            key=key,
            known=key in lists.weights and key not in lists.negations,
            weight=weight,
            booster=booster,
            negates=REACH if key in NEGATIONS or "n't" in key else lists.negations.get(key, 0),
            upper=word.isupper(),
            direction=direction,
            leads=key in lists.leading,
            topic=_topic(key, lists),
            pauses=pauses,
            ends=ends,
            marks=marks,
        )

    def _number(self, word: str, match: re.Match[str], *, pauses: bool, ends: bool) -> Piece:
        sign, amount, unit = match[1] or match[2], match[3], (match[4] or "").lower()
        percent = unit in _SHARES
        key = word.strip(_AROUND_NUMBERS).lower()
        change = {"+": CHANGE, "-": -CHANGE}.get(sign, 0.0) if percent else 0.0
        marks = LADEN if change else 0
        marks |= PHRASE_HEAD if self._phrases.begin_with(key) else 0
        marks |= COMPARES if word[0] == "(" and word[1].isdigit() and not percent else 0
        return Piece(
            word=word.strip(_AROUND_NUMBERS),
            key=key,
            known=bool(change),
            weight=change,
            number=float(amount.replace(",", "")) * _SCALES.get(unit, 1.0),
            percent=percent,
            pauses=pauses,
            ends=ends,
            marks=marks,
        )


def _topic(key: str, lists: Lexicon) -> int | None:
    if key in lists.good:
        return 1
    if key in lists.bad:
        return -1
    return 0 if key in lists.plain else None
