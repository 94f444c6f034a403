"""Accuracy, F1, AUC and correlation against their definitions, written out the slow way."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentiment.metrics import CLASSES, Confusion, auc, correlation
from storage.terms import SentimentLabel

POSITIVE, NEUTRAL, NEGATIVE = SentimentLabel.POSITIVE, SentimentLabel.NEUTRAL, SentimentLabel.NEGATIVE
VALUES = st.lists(st.integers(-5, 5), min_size=1, max_size=30)


@given(VALUES, VALUES)
def test_auc_is_the_share_of_pairs_in_the_right_order(positive: list[int], negative: list[int]) -> None:
    """Every positive against every negative value, ties counting half."""
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    assert auc(positive, negative) == pytest.approx(wins / (len(positive) * len(negative)))


def test_auc_of_one_side_alone_does_not_exist() -> None:
    """There is no pair to compare."""
    assert auc([], [1]) is None
    assert auc([1], []) is None


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), max_size=40))
def test_figures_of_a_class_are_those_of_its_definition(pairs: list[tuple[SentimentLabel, SentimentLabel]]) -> None:
    """Precision, recall and F1 from true and false positives; classes that no label uses are left out of the mean."""
    confusion = Confusion(pairs)
    assert confusion.total == len(pairs)
    assert confusion.accuracy == pytest.approx(sum(a is b for a, b in pairs) / max(len(pairs), 1))
    assert [each.label for each in confusion.classes] == [each for each in CLASSES if each in {a for a, _ in pairs}]
    for each in confusion.classes:
        right = sum(a is b is each.label for a, b in pairs)
        scored = sum(b is each.label for _, b in pairs)
        assert each.rows == sum(a is each.label for a, _ in pairs)
        assert each.precision == pytest.approx(right / scored if scored else 0)
        assert each.recall == pytest.approx(right / each.rows)
        assert each.f1 == pytest.approx(2 * right / (scored + each.rows))
    if pairs:
        assert confusion.macro_f1 == pytest.approx(sum(each.f1 for each in confusion.classes) / len(confusion.classes))


def test_two_classes_of_labels_make_neutral_scores_plain_misses() -> None:
    """Neutral takes no part in the mean, but costs recall."""
    confusion = Confusion([(POSITIVE, POSITIVE), (POSITIVE, NEUTRAL), (NEGATIVE, NEGATIVE), (NEGATIVE, NEGATIVE)])
    assert confusion.accuracy == 0.75
    assert confusion.macro_f1 == pytest.approx((2 / 3 + 1) / 2)


def test_correlation_of_known_series() -> None:
    """Perfect, inverse, none, and the example of four points worked out by hand."""
    assert correlation([1, 2, 3], [10, 20, 30]) == pytest.approx(1)
    assert correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert correlation([1, 2, 1, 2], [1, 1, 2, 2]) == pytest.approx(0)
    assert correlation([0, 1, 2, 3], [1, 1, 2, 4]) == pytest.approx(5 / math.sqrt(5 * 6))


@pytest.mark.parametrize(("left", "right"), [([], []), ([1], [2]), ([1, 1], [1, 2]), ([1, 2], [3, 3])])
def test_correlation_without_variation_does_not_exist(left: list[float], right: list[float]) -> None:
    """Zero would claim that the series are known to be unrelated."""
    assert correlation(left, right) is None
