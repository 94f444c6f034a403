"""VADER as nltk has it, without anything of finance: what every change of ours is measured against."""

import string
from collections.abc import Mapping
from functools import lru_cache

from ingest.sentiment.lexicon import vader_weights
from ingest.sentiment.pieces import BUT, IDIOM_TAIL, LADEN, Piece
from ingest.sentiment.scorer import Scorer
from ingest.sentiment.vader import BOOSTERS, CONSTANTS, IDIOM_TAILS, NEGATIONS, REACH
from storage.rows import SCORE_UNIT

_PUNCTUATION = frozenset(string.punctuation)
_ENDS = frozenset(CONSTANTS.PUNC_LIST)
_KEPT_TOKENS = 1 << 16
_LONGEST_KEPT = 40
PLAIN_THRESHOLD = SCORE_UNIT // 20
"""Scores from +0.05 up are positive, from -0.05 down negative: the thresholds that VADER's authors give."""


def plain_scorer() -> Scorer:
    """Make a scorer that gives every text the score of nltk's SentimentIntensityAnalyzer, with VADER's own classes."""
    return Scorer(PlainReader(vader_weights()), PLAIN_THRESHOLD)


class PlainReader:
    """Pieces by nltk's rules: split at white space, one run of punctuation taken off one end of a bare word."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._kept = lru_cache(_KEPT_TOKENS)(self._read)

    def clean(self, text: str) -> str:
        """Leave a text as it is."""
        return text

    def read(self, text: str) -> list[Piece]:
        """Split a text; tokens of one character are left out."""
        return [
            self._kept(token) if len(token) <= _LONGEST_KEPT else self._read(token)
            for token in text.split()
            if len(token) > 1
        ]

    def _read(self, token: str) -> Piece:
        return _piece_of(_bare(token), self._weights)


def _piece_of(word: str, weights: Mapping[str, float]) -> Piece:
    """Look a word up in the lexicon and in VADER's lists of negations and degree adverbs."""
    key = word.lower()
    booster = BOOSTERS.get(key, 0.0)
    weight = 0.0 if key in BOOSTERS else weights.get(key, 0.0)
    tail = word in IDIOM_TAILS
    return Piece(
        word=word,
        key=key,
        known=key in weights,
        weight=weight,
        booster=booster,
        negates=REACH if key in NEGATIONS or "n't" in key else 0,
        upper=word.isupper(),
        marks=(LADEN if weight else 0) | (BUT if key == "but" else 0) | (IDIOM_TAIL if tail else 0),
    )


def _bare(token: str) -> str:
    without = "".join(character for character in token if character not in _PUNCTUATION)
    if len(without) > 1 and len(without) < len(token):
        for rest in (token.removeprefix(without), token.removesuffix(without)):
            if rest in _ENDS:
                return without
    return token
