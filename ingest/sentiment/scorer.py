"""The sentiment of a text about stocks: VADER's rules over the words, phrases and directions of finance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.sentiment.direction import directed
from ingest.sentiment.finance import FinanceReader
from ingest.sentiment.lexicon import finance_lexicon
from ingest.sentiment.pieces import COMPARES, DIRECTION, SIDE, Piece
from ingest.sentiment.sides import sided
from ingest.sentiment.vader import compound, emphasis, weigh
from storage.rows import SCORE_UNIT
from storage.terms import SentimentLabel

LABEL_THRESHOLD = SCORE_UNIT // 4
"""Scores from +0.25 up are positive, from -0.25 down negative: one light word makes no opinion of a news sentence."""
EVIDENCE_WORDS = 20


@dataclass(frozen=True, slots=True)
class Score:
    """A text's score in units of 10^-4, its class, and the words that made it as (word, weight), in text order."""

    value: int
    label: SentimentLabel
    evidence: tuple[tuple[str, float], ...]


class Reader(Protocol):
    """Cleans a text, and cuts it into pieces."""

    def clean(self, text: str) -> str:
        """Take out what is not to be read."""
        ...

    def read(self, text: str) -> Sequence[Piece]:
        """Cut a clean text into pieces."""
        ...


class Scorer:
    """Scores texts; build one and keep it, for it reads the lists from disk and keeps what tokens mean."""

    def __init__(self, reader: Reader | None = None, threshold: int = LABEL_THRESHOLD) -> None:
        self._reader = FinanceReader(finance_lexicon()) if reader is None else reader
        self._threshold = threshold

    def score(self, text: str) -> Score:
        """Score one text of any length in linear time; a text without known words is neutral, without evidence.

        Evidence holds at most EVIDENCE_WORDS words, the heaviest ones.
        """
        text = self._reader.clean(text)
        pieces = self._reader.read(text)
        weights = _weights(pieces)
        total = float(sum(weight for _, weight in weights))
        if total:
            stress = emphasis(text)
            total += stress if total > 0 else -stress
        value = round(compound(total) * SCORE_UNIT)
        return Score(value, label_of(value, self._threshold), _evidence(pieces, weights))

    def normalised(self, text: str) -> str:
        """Write a text as the rules see it: lower case, without URLs, words cleaned, phrases in brackets."""
        keys = (piece.key for piece in self._reader.read(self._reader.clean(text)))
        return " ".join(f"[{key}]" if " " in key else key for key in keys)


def label_of(value: int, threshold: int = LABEL_THRESHOLD) -> SentimentLabel:
    """Class of a score, given in units of 10^-4; the threshold belongs to both outer classes."""
    if value >= threshold:
        return SentimentLabel.POSITIVE
    if value <= -threshold:
        return SentimentLabel.NEGATIVE
    return SentimentLabel.NEUTRAL


def _weights(pieces: Sequence[Piece]) -> list[tuple[int, float]]:
    """Give (place, weight) of everything that weighs, in text order."""
    marks = 0
    for piece in pieces:
        marks |= piece.marks
    replaced = directed(pieces) if marks & (DIRECTION | COMPARES) else {}
    if marks & SIDE:
        replaced |= sided(pieces)
    return weigh(pieces, replaced, marks)


def _evidence(pieces: Sequence[Piece], weights: Sequence[tuple[int, float]]) -> tuple[tuple[str, float], ...]:
    if len(weights) > EVIDENCE_WORDS:
        weights = sorted(sorted(weights, key=lambda item: -abs(item[1]))[:EVIDENCE_WORDS])
    return tuple((pieces[place].word, round(weight, 4)) for place, weight in weights)
