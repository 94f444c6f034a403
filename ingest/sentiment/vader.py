"""VADER's rules, with the results of nltk's implementation at a fraction of its time.

A word is looked up once per text, its neighbours only where it has a weight; nltk builds a table of all words with all
punctuation for each text. Source: Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
Social Media Text", ICWSM 2014; constants and word lists are nltk's own.
"""

import math
from collections.abc import Mapping, Sequence

from nltk.sentiment.vader import VaderConstants

from ingest.sentiment.pieces import BUT, IDIOM_TAIL, LADEN, Piece

CONSTANTS = VaderConstants()
_CAPITALS: float = CONSTANTS.C_INCR
_NEGATION: float = CONSTANTS.N_SCALAR
_IDIOMS: Mapping[str, float] = CONSTANTS.SPECIAL_CASE_IDIOMS
BOOSTERS: Mapping[str, float] = CONSTANTS.BOOSTER_DICT
NEGATIONS: frozenset[str] = frozenset(CONSTANTS.NEGATE)
IDIOM_TAILS = frozenset(phrase.rsplit(" ", 1)[1] for phrase in (*_IDIOMS, *BOOSTERS) if " " in phrase)
REACH = 3
"""How many words on a word still weighs on another."""
_DISTANCE = (1.0, 0.95, 0.9)


def weigh(pieces: Sequence[Piece], replaced: Mapping[int, float], marks: int) -> list[tuple[int, float]]:
    """Give (place, weight) for each laden piece, in order, after negation, emphasis and "but".

    `replaced` holds weights, by place, that stand in for the lexicon's; `marks` are those of all pieces together.
    """
    laden = [
        (place, replaced.get(place, piece.weight))
        for place, piece in enumerate(pieces)
        if piece.marks & LADEN or place in replaced
    ]
    if not laden:
        return []
    capitals, idioms = _some_shouted(pieces), bool(marks & IDIOM_TAIL)
    firsts: dict[str, int] = {}
    found = []
    for place, weight in laden:
        # like nltk, judge a repeated word by the neighbours of its first standing
        first = firsts.setdefault(pieces[place].word, place) if place not in replaced else place
        if weight and not (pieces[place].key == "kind" and _next_is_of(pieces, first)):
            found.append((place, _in_context(pieces, first, weight, capitals=capitals, idioms=idioms)))
    return _turned_by_but(pieces, found) if marks & BUT else found


def emphasis(text: str) -> float:
    """Strength that exclamation and question marks add to the sum, whichever its sign."""
    questions = text.count("?")
    asked = 0.0 if questions < 2 else questions * 0.18 if questions <= 3 else 0.96  # noqa: PLR2004  VADER's own numbers
    return min(text.count("!"), 4) * 0.292 + asked


def compound(total: float) -> float:
    """Map a sum of weights to (-1, 1), with VADER's four decimals."""
    return round(total / math.sqrt(total * total + 15), 4)


def _some_shouted(pieces: Sequence[Piece]) -> bool:
    shouted = sum(piece.upper for piece in pieces)
    return 0 < shouted < len(pieces)


def _next_is_of(pieces: Sequence[Piece], place: int) -> bool:
    return place + 1 < len(pieces) and pieces[place + 1].key == "of"


def _in_context(pieces: Sequence[Piece], place: int, weight: float, *, capitals: bool, idioms: bool) -> float:
    if capitals and pieces[place].upper:
        weight += _CAPITALS if weight > 0 else -_CAPITALS
    for distance in range(min(REACH, place)):
        before = pieces[place - distance - 1]
        if before.known:
            continue
        if before.booster:
            weight += _boost(before, weight, capitals=capitals) * _DISTANCE[distance]
        weight = _negated(pieces, place, distance, weight)
        if idioms and distance == REACH - 1:
            weight = _idiom(pieces, place, weight)
    if place and pieces[place - 1].key == "least" and not pieces[place - 1].known:
        softer = place > 1 and pieces[place - 2].key in ("at", "very")
        weight *= 1.0 if softer else _NEGATION
    return weight


def _boost(before: Piece, weight: float, *, capitals: bool) -> float:
    scalar = -before.booster if weight < 0 else before.booster
    if capitals and before.upper:
        scalar += _CAPITALS if weight > 0 else -_CAPITALS
    return scalar


def _negated(pieces: Sequence[Piece], place: int, distance: int, weight: float) -> float:
    """Turn and weaken a weight behind a negation; "never so" and "never this" strengthen it instead."""
    before = pieces[place - distance - 1]
    if distance == 1 and before.word == "never" and pieces[place - 1].word in ("so", "this"):
        return weight * 1.5
    if distance == REACH - 1 and (
        (before.word == "never" and pieces[place - 2].word in ("so", "this"))
        or pieces[place - 1].word in ("so", "this")
    ):
        return weight * 1.25
    return weight * _NEGATION if distance < before.negates else weight


def _idiom(pieces: Sequence[Piece], place: int, weight: float) -> float:
    words = [piece.word for piece in pieces[place - 3 : place + 3]]
    three_two, two_one = f"{words[0]} {words[1]}", f"{words[1]} {words[2]}"
    one_zero = f"{words[2]} {words[3]}"
    for phrase in (one_zero, f"{words[1]} {one_zero}", two_one, f"{three_two} {words[2]}", three_two):
        if phrase in _IDIOMS:
            weight = _IDIOMS[phrase]
            break
    for end in (5, 6):
        if len(words) >= end:
            weight = _IDIOMS.get(" ".join(words[3:end]), weight)
    if three_two in BOOSTERS or two_one in BOOSTERS:
        weight += CONSTANTS.B_DECR
    return weight


def _turned_by_but(pieces: Sequence[Piece], found: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Halve what comes before the first "but", and count what comes after it half as much again."""
    turn = next(place for place, piece in enumerate(pieces) if piece.marks & BUT)
    return [(place, weight * (0.5 if place < turn else 1.5 if place > turn else 1.0)) for place, weight in found]
