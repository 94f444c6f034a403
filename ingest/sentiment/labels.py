"""What the labels of a data set mean: words say it themselves, numbers only where they cannot mean anything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.importing.faults import UnusableInput, shown
from storage.terms import SentimentLabel

POSITIVE, NEUTRAL, NEGATIVE = SentimentLabel.POSITIVE, SentimentLabel.NEUTRAL, SentimentLabel.NEGATIVE
SKIP = "skip"
CLASS_NAMES = (*(label.value for label in SentimentLabel), SKIP)
_WORDS = {
    **dict.fromkeys(("positive", "pos", "bullish", "bull", "buy", "+"), POSITIVE),
    **dict.fromkeys(("neutral", "neu", "none", "hold"), NEUTRAL),
    **dict.fromkeys(("negative", "neg", "bearish", "bear", "sell", "-"), NEGATIVE),
}
_SIGNS = {1.0, 0.0, -1.0}
_MOST_CODES = 5
_SHOWN = 8

Meaning = SentimentLabel | None
"""A class, or None for rows to leave out."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What each label means, by its spelling in lower case; `guess` says what was not told, for the reader to check.

    `numeric` tells that labels are numbers that mean more than their class, as scores do.
    """

    meanings: Mapping[str, Meaning]
    numeric: bool = False
    guess: str | None = None


def understand(spellings: Iterable[str], given: Mapping[str, Meaning]) -> Labels:
    """Find the meaning of all labels of a file: those given, else words, signs or scores.

    Raise UnusableInput where numbers are codes that could mean several things, or where no label means anything.
    """
    found = sorted({spelling.strip().lower() for spelling in spellings} - {""})
    if given:
        return Labels({**{spelling: _WORDS[spelling] for spelling in found if spelling in _WORDS}, **given})
    if not found:
        raise UnusableInput("no row has a label")
    words = {spelling: _WORDS[spelling] for spelling in found if spelling in _WORDS}
    if words:
        return Labels(words, guess=_listed(words))
    numbers = {spelling: number for spelling in found if (number := _number(spelling)) is not None}
    if not numbers:
        raise UnusableInput(f"the labels {_some(found)} are not known: say what they mean, {_advice(found)}")
    values = set(numbers.values())
    if _looks_coded(values):
        raise UnusableInput(f"the labels {_some(found)} can mean several things: say which, {_advice(found)}")
    meanings = {spelling: _by_sign(number) for spelling, number in numbers.items()}
    guess = _listed(meanings) if values <= _SIGNS else "numbers above 0 are positive, below 0 negative, 0 neutral"
    return Labels(meanings, numeric=True, guess=guess)


def _looks_coded(values: set[float]) -> bool:
    """Tell whether few whole numbers without a sign stand for classes, in an order that nobody can know."""
    return min(values) >= 0 and len(values) <= _MOST_CODES and all(value.is_integer() for value in values)


def _by_sign(number: float) -> SentimentLabel:
    return POSITIVE if number > 0 else NEGATIVE if number < 0 else NEUTRAL


def _number(spelling: str) -> float | None:
    try:
        number = float(spelling)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _listed(meanings: Mapping[str, Meaning]) -> str:
    return ", ".join(f"{spelling} = {meaning.value}" for spelling, meaning in meanings.items() if meaning)


def _some(found: list[str]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(map(shown, found[:_SHOWN])) + more


def _advice(found: list[str]) -> str:
    classes = [label.value for label in (NEGATIVE, POSITIVE, NEUTRAL)]
    maps = [f"--map {shown(spelling)}={name}" for spelling, name in zip(found, classes, strict=False)]
    return f"as in '{' '.join(maps)}' (classes: {', '.join(CLASS_NAMES)})"
