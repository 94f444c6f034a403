"""Scores: nltk's VADER, whole units, classes, and evidence that adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.sentiment.vader import SentimentIntensityAnalyzer

from ingest.sentiment import EVIDENCE_WORDS, Scorer, label_of
from storage import terms
from storage.terms import SentimentLabel

SCORER = Scorer()
POSITIVE, NEUTRAL, NEGATIVE = SentimentLabel.POSITIVE, SentimentLabel.NEUTRAL, SentimentLabel.NEGATIVE


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
    ],
)
def test_plain_sentences_get_the_class_a_reader_would_give(text: str, label: SentimentLabel) -> None:
    """Praise is positive, blame and negated praise negative, the rest neutral."""
    assert SCORER.score(text).label is label


def test_scores_are_whole_units_of_the_compound_score() -> None:
    """The value is VADER's compound score in units of 10^-4, as published for this sentence by its authors."""
    assert SCORER.score("VADER is smart, handsome, and funny!").value == 8439


def test_evidence_names_the_words_and_weights_in_the_order_of_the_text() -> None:
    """Words without weight are left out; a word after "but" weighs more, one before less, negation turns the sign."""
    score = SCORER.score("terrible guidance but great growth")
    assert [word for word, _ in score.evidence] == ["terrible", "great", "growth"]
    assert score.evidence[0][1] == pytest.approx(-2.1 / 2)
    assert score.evidence[1][1] == pytest.approx(3.1 * 1.5)
    assert SCORER.score("not good").evidence[0][1] < 0


def test_evidence_keeps_the_heaviest_words_of_a_long_text() -> None:
    """A bound on stored evidence drops light words, not early ones."""
    score = SCORER.score("okay " * 50 + "horrible")
    assert len(score.evidence) == EVIDENCE_WORDS
    assert score.evidence[-1][0] == "horrible"


@pytest.mark.parametrize(
    ("value", "label"), [(500, POSITIVE), (499, NEUTRAL), (-499, NEUTRAL), (-500, NEGATIVE), (0, NEUTRAL)]
)
def test_label_thresholds_stand_at_five_hundredths(value: int, label: SentimentLabel) -> None:
    """The published thresholds, both inclusive."""
    assert label_of(value) is label


@given(st.text(max_size=500))
def test_any_text_scores_as_nltk_itself_would(text: str) -> None:
    """Carrying the evidence along changes no score, and the value stays within its bounds."""
    score = SCORER.score(text)
    plain = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    plain.lexicon, plain.constants = SCORER._analyzer.lexicon, SCORER._analyzer.constants
    assert score.value == round(plain.polarity_scores(text)["compound"] * 10_000)
    assert -10_000 <= score.value <= 10_000
    assert bool(score.evidence) or score.value == 0


def test_the_model_names_lexicon_and_rules_with_their_versions() -> None:
    """A stored score can be traced to what made it."""
    assert terms.SCORER.startswith("vader-3.")
    assert "-nltk-3." in terms.SCORER
