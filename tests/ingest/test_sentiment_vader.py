"""Where our lists do not differ from VADER's, scores are those of nltk."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from ingest.sentiment import Scorer
from ingest.sentiment.lexicon import finance_lexicon, vader_weights
from ingest.sentiment.plain import plain_scorer

WEIGHTS = vader_weights()
PLAIN, FINANCE = plain_scorer(), Scorer()
RULES = (
    "kind", "of", "sort", "Kind", "OF", "never", "so", "this", "least", "at", "very", "but", "BUT", "not",
    "isn't", "VERY", "great", "bad", "GOOD", "the", "shit", "bomb", "yeah", "right", "kiss", "death", "hand",
    "to", "mouth", "just", "enough", "x,", "!!", "good?", "almost", ":)", "cut", "mustard", "hardly", "without",
    "ass", ":D", "🚀", "a", "I", "(great)", "great!!!", "ok.",
)  # fmt: skip


def untouched() -> list[str]:
    """Words of VADER's that our lists, topics and directions leave alone, and words that only weigh on others."""
    lists = finance_lexicon()
    own = lists.rising | lists.falling | lists.good | lists.bad | lists.plain | lists.negations.keys()
    heads = {phrase[0] for phrase in lists.phrases}
    words = [
        word
        for word, weight in WEIGHTS.items()
        if word.isalpha() and lists.weights[word] == weight and word not in own | heads and len(word) > 2
    ]
    return [*words[::7], "very", "hardly", "extremely", "not", "never", "isn't", "but", "the", "company"]


def by_nltk(text: str) -> int:
    """Score by nltk itself, its constructor passed over because it looks for a download."""
    analyzer = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    analyzer.lexicon, analyzer.constants = WEIGHTS, VaderConstants()
    compound: float = analyzer.polarity_scores(text)["compound"]
    return round(compound * 10_000)


@given(st.text(max_size=400))
def test_any_text_scores_as_by_nltk_with_our_lists_switched_off(text: str) -> None:
    """Characters of any script, control characters and surrogates of emoji included."""
    assert PLAIN.score(text).value == by_nltk(text)


@given(st.lists(st.sampled_from(RULES), max_size=14))
@settings(max_examples=500)
def test_every_rule_of_vader_gives_what_nltk_gives(words: list[str]) -> None:
    """Negation, degree adverbs, idioms, "least", "but", capitals and repeated words, in all orders."""
    text = " ".join(words)
    assert PLAIN.score(text).value == by_nltk(text)


@given(
    st.lists(
        st.tuples(st.sampled_from(untouched()), st.sampled_from(("", "", "!", ",", "?")), st.booleans()), max_size=14
    )
)
@settings(max_examples=500)
def test_words_that_our_lists_leave_alone_score_as_by_nltk(words: list[tuple[str, str, bool]]) -> None:
    """The whole scorer, with all our lists on, differs from VADER in nothing else."""
    text = " ".join((word.upper() if loud else word) + mark for word, mark, loud in words)
    assert FINANCE.score(text).value == by_nltk(text)


def test_the_published_example_scores_as_published() -> None:
    """The score of this sentence as VADER's authors print it."""
    assert PLAIN.score("VADER is smart, handsome, and funny!").value == 8439


@pytest.mark.parametrize("text", ["moon!!!!", "(moon)", "#moon", "🚀", "to the moon", "isn\u2019t great"])
def test_what_vader_does_not_see_is_seen(text: str) -> None:
    """The reasons for a normaliser: nltk gives these nothing, or the wrong sign."""
    assert by_nltk(text) >= 0
    assert (by_nltk(text) > 0) == (text == "isn\u2019t great")
    assert (FINANCE.score(text).value > 0) == (text != "isn\u2019t great")
    assert FINANCE.score(text).value != 0
