"""How well scores agree with labels: accuracy, F1, AUC and correlation, from (value, class) pairs."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from storage.terms import SentimentLabel

CLASSES = (SentimentLabel.POSITIVE, SentimentLabel.NEUTRAL, SentimentLabel.NEGATIVE)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: how many rows have it, and precision, recall and F1 in [0, 1]; 0 where there is nothing to divide."""

    label: SentimentLabel
    rows: int
    precision: float
    recall: float
    f1: float


class Confusion:
    """Counts of rows by (labelled class, scored class)."""

    def __init__(self, pairs: Iterable[tuple[SentimentLabel, SentimentLabel]]) -> None:
        self.counts = Counter(pairs)

    @property
    def total(self) -> int:
        """All rows."""
        return self.counts.total()

    @property
    def accuracy(self) -> float:
        """Share of rows whose class was scored right; of no rows, 0."""
        return _ratio(
            sum(number for (labelled, scored), number in self.counts.items() if labelled is scored), self.total
        )

    @property
    def classes(self) -> list[ClassFigures]:
        """Figures of the classes that the labels use."""
        return [self._figures(label) for label in CLASSES if self._labelled(label)]

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that the labels use: with labels of two classes, a neutral score is a plain miss."""
        figures = self.classes
        return _ratio(sum(each.f1 for each in figures), len(figures))

    def _labelled(self, label: SentimentLabel) -> int:
        return sum(self.counts[label, scored] for scored in CLASSES)

    def _figures(self, label: SentimentLabel) -> ClassFigures:
        right, labelled = self.counts[label, label], self._labelled(label)
        scored = sum(self.counts[each, label] for each in CLASSES)
        f1 = _ratio(2 * right, labelled + scored)
        return ClassFigures(label, labelled, _ratio(right, scored), _ratio(right, labelled), f1)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Give the chance that a positive row outscores a negative one, ties counting half; None where a side is empty.

    Exact: the rank sum of Mann and Whitney (1947), with mean ranks for ties.
    """
    if not positive or not negative:
        return None
    ordered = sorted([(value, True) for value in positive] + [(value, False) for value in negative])
    ranks, below = 0.0, 0
    for _, group in groupby(ordered, key=lambda pair: pair[0]):
        sides = [side for _, side in group]
        ranks += sum(sides) * (below + (len(sides) + 1) / 2)
        below += len(sides)
    wins = ranks - len(positive) * (len(positive) + 1) / 2
    return wins / (len(positive) * len(negative))


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's r of two series of the same length; None where one of them does not vary."""
    if len(left) < 2:  # noqa: PLR2004  one point has no direction
        return None
    mean_left, mean_right = math.fsum(left) / len(left), math.fsum(right) / len(right)
    apart_left = [value - mean_left for value in left]
    apart_right = [value - mean_right for value in right]
    spread = math.sqrt(math.fsum(a * a for a in apart_left) * math.fsum(b * b for b in apart_right))
    if not spread:
        return None
    return math.fsum(a * b for a, b in zip(apart_left, apart_right, strict=True)) / spread


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
