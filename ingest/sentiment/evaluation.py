"""Scores labelled texts and says how often, and where worst, the scores are wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sentiment.labelled import LabelledText
from ingest.sentiment.metrics import Confusion, auc, correlation
from ingest.sentiment.scorer import Score, Scorer
from storage.terms import SentimentLabel


@dataclass(frozen=True, slots=True)
class ScoredText:
    """A labelled text with its score."""

    row: LabelledText
    score: Score

    @property
    def wrong_by(self) -> int:
        """How far, in units of 10^-4, the score lies on the wrong side of neutral, or off it."""
        sides = {SentimentLabel.POSITIVE: -self.score.value, SentimentLabel.NEGATIVE: self.score.value}
        return sides.get(self.row.label, abs(self.score.value))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a set of labelled texts; `r` only where labels are numbers."""

    confusion: Confusion
    auc: float | None
    r: float | None
    scored: Sequence[ScoredText]

    def worst(self, most: int) -> list[ScoredText]:
        """Return the texts of the wrong class, furthest off first."""
        wrong = [each for each in self.scored if each.score.label is not each.row.label]
        return sorted(wrong, key=lambda each: (-each.wrong_by, each.row.line))[:most]


def evaluate(rows: Sequence[LabelledText], scorer: Scorer) -> Evaluation:
    """Score every text and compare."""
    scored = [ScoredText(row, scorer.score(row.text)) for row in rows]
    by_class = {label: [each.score.value for each in scored if each.row.label is label] for label in SentimentLabel}
    numbered = [(each.row.number, each.score.value) for each in scored if each.row.number is not None]
    return Evaluation(
        confusion=Confusion((each.row.label, each.score.label) for each in scored),
        auc=auc(by_class[SentimentLabel.POSITIVE], by_class[SentimentLabel.NEGATIVE]),
        r=correlation([number for number, _ in numbered], [value for _, value in numbered]),
        scored=scored,
    )
