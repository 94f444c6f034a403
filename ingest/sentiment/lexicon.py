"""The weights of words: VADER's list, less the words that mean something else in finance, and our own lists over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from ingest.sentiment.terms import groups, named, weights

_OWN = ("neutral.txt", "emoji.txt", "retail.txt", "news.txt")
"""Later lists win over earlier ones, and all of them over VADER's."""
_DIRECTIONS, _TOPICS, _NEGATIONS = "directions.txt", "topics.txt", "negations.txt"
LISTS = (*_OWN, _DIRECTIONS, _TOPICS, _NEGATIONS)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the rules know: weights by term, and which way words point.

    `rising`, `falling`: words of direction; `leading` are those of them that may stand before what they speak of
    ("higher sales"). `good`, `bad`: things of which more is good, or bad; of `plain` ones
    it is neither. `negations` are those beside VADER's own, with how many words on they still turn. All keys are
    lower case.
    """

    weights: dict[str, float]
    rising: frozenset[str] = frozenset()
    falling: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()
    good: frozenset[str] = frozenset()
    bad: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    negations: Mapping[str, int] = field(default_factory=dict)

    @property
    def phrases(self) -> frozenset[tuple[str, ...]]:
        """The terms of more than one word, which are read as one."""
        terms = (*self.weights, *self.rising, *self.falling, *self.good, *self.bad, *self.plain)
        return frozenset(tuple(term.split()) for term in terms if " " in term)


def vader_weights() -> dict[str, float]:
    """Read the list that vaderSentiment ships (MIT): 7,500 words and emoticons with mean ratings from -4 to 4."""
    text = files("vaderSentiment").joinpath("vader_lexicon.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line.strip())
    return {row[0].strip(): float(row[1]) for row in rows}


def finance_lexicon() -> Lexicon:
    """Read our own lists over VADER's."""
    merged = vader_weights()
    for name in _OWN:
        merged.update(weights(name))
    directions, topics = named(_DIRECTIONS), named(_TOPICS)
    return Lexicon(
        weights=merged,
        rising=directions["up"],
        falling=directions["down"],
        leading=directions["before"],
        good=topics["good"],
        bad=topics["bad"],
        plain=topics["plain"],
        negations={term: int(reach) for reach, terms in groups(_NEGATIONS) for term in terms},
    )
