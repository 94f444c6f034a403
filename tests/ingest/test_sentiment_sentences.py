"""The scorer's quality on sentences of our own, and the name under which its scores are stored."""

from collections.abc import Iterator
from hashlib import blake2b

import pytest

from ingest.sentiment import Scorer
from ingest.sentiment.evaluation import Evaluation, evaluate
from ingest.sentiment.labelled import LabelledText
from ingest.sentiment.lexicon import LISTS
from ingest.sentiment.plain import plain_scorer
from ingest.sentiment.terms import BadList, groups, weights
from ingest.sentiment.vader import BOOSTERS, NEGATIONS
from ingest.sentiment.version import fingerprint
from storage.terms import SCORER, SentimentLabel
from tests.ingest import sentences

RULES = "insitechart-2."
KNOWN_SCORES = "95e6989ee3eba569"
"""Digest of the scores of all our sentences under the rules named in RULES."""


def labelled() -> Iterator[LabelledText]:
    """Our sentences with their classes."""
    for name, texts in vars(sentences).items():
        if name.isupper():
            label = SentimentLabel(name.rsplit("_", 1)[1].lower())
            yield from (LabelledText(line, text, label, None) for line, text in enumerate(texts))


@pytest.fixture(scope="module")
def ours() -> Evaluation:
    """Our scorer on our sentences."""
    return evaluate(list(labelled()), Scorer())


def test_there_are_enough_sentences_of_each_kind() -> None:
    """A floor on a handful of sentences would prove little."""
    rows = list(labelled())
    assert len(rows) >= 150
    assert min(sum(row.label is label for row in rows) for label in SentimentLabel) >= 35


def test_our_sentences_are_scored_right(ours: Evaluation) -> None:
    """A regression floor: these sentences were looked at while the lists were written."""
    assert ours.confusion.accuracy >= 0.98, [(each.row.text, each.score) for each in ours.worst(9)]
    assert ours.confusion.macro_f1 >= 0.98
    assert (ours.auc or 0) >= 0.99


def test_plain_vader_does_far_worse(ours: Evaluation) -> None:
    """The lists and rules are what makes the difference."""
    plain = evaluate(list(labelled()), plain_scorer())
    assert plain.confusion.accuracy < ours.confusion.accuracy - 0.3


def test_the_stored_name_carries_the_fingerprint_of_the_lists() -> None:
    """Change a list, and this says what to write into storage.terms.SCORER."""
    assert SCORER.startswith(f"{RULES}{fingerprint()}-vader-3.")
    assert "-nltk-3." in SCORER


def test_known_scores_belong_to_the_number_of_the_rules() -> None:
    """Scores that change without a change of the lists need a new number of the rules in SCORER, and here."""
    scorer, digest = Scorer(), blake2b(digest_size=8)
    for row in labelled():
        digest.update(repr(scorer.score(row.text).value).encode())
    assert digest.hexdigest() == KNOWN_SCORES, f"{digest.hexdigest()} under {SCORER}"


def test_the_fingerprint_depends_on_every_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """One weight, one term or one topic more makes another name."""
    seen = {fingerprint()}
    for changed in LISTS:
        monkeypatch.setattr(
            "ingest.sentiment.version.groups",
            lambda name, changed=changed: [*groups(name), *([("1.0", ("new",))] if name == changed else [])],
        )
        seen.add(fingerprint())
    assert len(seen) == len(LISTS) + 1


@pytest.mark.parametrize(
    ("text", "told"),
    [("2.0 moon", "line 1"), ("# remark\n2.0: Moon", "line 2"), ("2.0: moon, ", "line 1"), ("1: a\n2: a", "twice")],
)
def test_a_broken_list_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object, text: str, told: str) -> None:
    """Without a weight, in capitals, with an empty term, or with a term twice: the file and the place are told."""
    monkeypatch.setattr("ingest.sentiment.terms._FOLDER", tmp_path)
    (tmp_path / "own.txt").write_text(text)  # type: ignore[operator]  # pytest's folder is a path
    with pytest.raises(BadList, match=f"own.txt.*{told}"):
        weights("own.txt")


def test_every_list_can_be_read() -> None:
    """No list that ships has a term twice or a line that is none."""
    assert all(list(groups(name)) for name in LISTS)
    for name in LISTS[:4]:
        assert all(-4 <= weight <= 4 for weight in weights(name).values())


def test_no_list_silences_a_negation_or_a_degree_adverb() -> None:
    """VADER lets a word of the lexicon weigh on no other, so "won't" in a list would no longer negate."""
    own = {term for name in LISTS[:4] for term in weights(name)}
    assert own.isdisjoint(NEGATIONS | BOOSTERS.keys())
