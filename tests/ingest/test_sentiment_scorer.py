"""Scores: whole units, classes, evidence that adds up to the score, bounds on any text."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentiment import EVIDENCE_WORDS, Scorer, label_of
from storage.terms import SentimentLabel

SCORER = Scorer()
POSITIVE, NEUTRAL, NEGATIVE = SentimentLabel.POSITIVE, SentimentLabel.NEUTRAL, SentimentLabel.NEGATIVE
WORDS = (
    "profit", "rose", "fell", "loss", "not", "great", "🚀", "#moon", "scam,", "very", "to", "the", "moon", "but",
    "$TSLA",
)  # fmt: skip
HOSTILE = (
    "🚀", "🚀 ", "not ", "rose ", "profit rose ", "cost fell from 1 to 2 ", "1,", "$", "#aB", "a-", "www.", "to the ",
    "+", "EUR", "o", "aab", "'", "up 1 from ", "but ", " ", "http://", "so this never ", "(", "-1%", "1%", "\u200d",
    "#",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The results were great and the outlook is excellent", POSITIVE),
        ("I love this company!", POSITIVE),
        ("A terrible quarter, fraud and panic", NEGATIVE),
        ("The results were not good", NEGATIVE),
        ("The company reports on Thursday", NEUTRAL),
        ("", NEUTRAL),
        ("$TSLA", NEUTRAL),
        ("$GOOD and $LOVE are names, not opinions", NEUTRAL),
        ("https://example.com/great-winners-love-it", NEUTRAL),
        ("@greatest_bull_ever", NEUTRAL),
    ],
)
def test_plain_sentences_get_the_class_a_reader_would_give(text: str, label: SentimentLabel) -> None:
    """Praise is positive, blame and negated praise negative, the rest neutral; names and addresses say nothing."""
    assert SCORER.score(text).label is label


def test_evidence_names_the_words_and_weights_in_the_order_of_the_text() -> None:
    """Words without weight are left out; a word after "but" weighs more, one before less."""
    score = SCORER.score("Terrible guidance but great demand")
    assert [word for word, _ in score.evidence] == ["Terrible", "great"]
    assert score.evidence[0][1] == pytest.approx(-2.6 / 2)
    assert score.evidence[1][1] == pytest.approx(2.0 * 1.5)


@given(st.lists(st.sampled_from(WORDS)))
def test_evidence_adds_up_to_the_score(words: list[str]) -> None:
    """Without exclamation or question marks, the score is VADER's curve over the sum of the evidence."""
    score = SCORER.score(" ".join(words[:EVIDENCE_WORDS]))
    total = sum(weight for _, weight in score.evidence)
    assert score.value == pytest.approx(total / math.sqrt(total * total + 15) * 10_000, abs=2)


def test_evidence_keeps_the_heaviest_words_of_a_long_text() -> None:
    """A bound on stored evidence drops light words, not early ones."""
    score = SCORER.score("resistance " * 50 + "scam")
    assert len(score.evidence) == EVIDENCE_WORDS
    assert score.evidence[-1][0] == "scam"


@pytest.mark.parametrize(
    ("value", "label"), [(2_500, POSITIVE), (2_499, NEUTRAL), (-2_499, NEUTRAL), (-2_500, NEGATIVE), (0, NEUTRAL)]
)
def test_label_thresholds_stand_at_a_quarter(value: int, label: SentimentLabel) -> None:
    """Both thresholds belong to the outer classes."""
    assert label_of(value) is label


@given(st.text(max_size=500))
def test_any_text_has_a_score_within_bounds_and_the_same_one_again(text: str) -> None:
    """No text breaks the reader; what it keeps about tokens changes nothing."""
    score = SCORER.score(text)
    assert -10_000 <= score.value <= 10_000
    assert score == SCORER.score(text)
    assert bool(score.evidence) or score.value == 0
    assert all(word in text or not word.isascii() or " " in word or word[-1].isalnum() for word, _ in score.evidence)


def test_texts_score_alike_in_any_order_and_by_any_scorer() -> None:
    """A score depends on its text alone, not on the texts before it."""
    texts = [
        f"{word} $X{place} rose {place}%" for place, word in enumerate(("profit", "costs", "moon", "nothing") * 20)
    ]
    expected = {text: SCORER.score(text) for text in texts}
    random.Random(7).shuffle(texts)
    fresh = Scorer()
    assert {text: fresh.score(text) for text in texts} == expected


@pytest.mark.parametrize("part", HOSTILE)
def test_long_hostile_texts_come_back(part: str) -> None:
    """Forty thousand characters of anything are read once: no part makes the reader go back over all before it."""
    text = (part * 40_000)[:40_000]
    assert len(SCORER.score(text).evidence) <= EVIDENCE_WORDS
    assert len(SCORER.score(text.replace(" ", "")).evidence) <= EVIDENCE_WORDS
