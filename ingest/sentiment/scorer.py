"""Sentiment of a text: VADER's rules from nltk, with the lexicon that vaderSentiment ships as data.

Nothing is downloaded and nothing is learned: the same text always gets the same score from the same versions, and
`storage.terms.SCORER` names them. Source: Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment
Analysis of Social Media Text", ICWSM 2014.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from storage.rows import SCORE_UNIT
from storage.terms import SentimentLabel

LABEL_THRESHOLD = SCORE_UNIT // 20
"""Scores from +0.05 up are positive, from -0.05 down negative: the thresholds that VADER's authors give."""
EVIDENCE_WORDS = 20


@dataclass(frozen=True, slots=True)
class Score:
    """A text's score in units of 10^-4, its class, and the words that made it as (word, weight), in text order."""

    value: int
    label: SentimentLabel
    evidence: tuple[tuple[str, float], ...]


class Scorer:
    """Scores texts; build one and keep it, for it reads the lexicon (7,500 words) from disk."""

    def __init__(self) -> None:
        self._analyzer = _Analyzer()

    def score(self, text: str) -> Score:
        """Score one text of any length in linear time; a text without known words is neutral, without evidence.

        Evidence holds at most EVIDENCE_WORDS words, the heaviest ones.
        """
        result = self._analyzer.polarity_scores(text)
        value = round(result["compound"] * SCORE_UNIT)
        return Score(value, label_of(value), _evidence(result["words"], result["weights"]))


def label_of(value: int) -> SentimentLabel:
    """Class of a score given in units of 10^-4."""
    if value >= LABEL_THRESHOLD:
        return SentimentLabel.POSITIVE
    if value <= -LABEL_THRESHOLD:
        return SentimentLabel.NEGATIVE
    return SentimentLabel.NEUTRAL


def _evidence(words: Sequence[str], weights: Sequence[float]) -> tuple[tuple[str, float], ...]:
    counted = [(place, word, weight) for place, (word, weight) in enumerate(zip(words, weights, strict=True)) if weight]
    heaviest = sorted(counted, key=lambda item: -abs(item[2]))[:EVIDENCE_WORDS]
    return tuple((word, round(weight, 4)) for _, word, weight in sorted(heaviest))


class _Weights(list[float]):
    """The weight of each word, carrying the words from the last rule on to the sum."""

    words: Sequence[str] = ()


class _Analyzer(SentimentIntensityAnalyzer):  # type: ignore[misc]  # nltk is untyped
    """nltk's rules on a lexicon read from a package; nltk's own constructor would look for a download."""

    def __init__(self) -> None:
        self.lexicon = _lexicon()
        self.constants = VaderConstants()

    def _but_check(self, words_and_emoticons: list[str], sentiments: list[float]) -> _Weights:
        weights = _Weights(super()._but_check(words_and_emoticons, sentiments))
        weights.words = words_and_emoticons
        return weights

    def score_valence(self, sentiments: _Weights, text: str) -> dict[str, Any]:
        return {**super().score_valence(sentiments, text), "words": sentiments.words, "weights": sentiments}


def _lexicon() -> dict[str, float]:
    text = files("vaderSentiment").joinpath("vader_lexicon.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line.strip())
    return {row[0].strip(): float(row[1]) for row in rows}
