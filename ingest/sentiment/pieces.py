"""The pieces of a text that the rules look at: a word, an emoticon, an emoji, a number or a phrase."""

from enum import IntFlag
from typing import NamedTuple


class Mark(IntFlag):
    """What makes a piece worth a second look; most pieces of a text have none."""

    LADEN = 1
    DIRECTION = 2
    BUT = 4
    COMPARES = 8
    PHRASE_HEAD = 16
    IDIOM_TAIL = 32
    SIDE = 64


LADEN, DIRECTION, BUT, COMPARES, PHRASE_HEAD, IDIOM_TAIL, SIDE = (int(mark) for mark in Mark)


class Piece(NamedTuple):
    """One piece, with everything about it that does not depend on its neighbours.

    `word` stands as in the text, `key` is its lower case. `known` tells whether the lexicon holds it; `weight` is that
    of the lexicon, zero for words that only strengthen others by `booster`; `negates` is how
    many words on a negation still turns. `direction` is 1, -1 or 0; `leads` tells
    that it may stand before its topic; `topic` is 1 for what is good in numbers, -1 for what is bad, 0 for neither, and
    None for no topic. `number` is the value where the piece is a number, `percent` whether it is a share. A comma
    stands after `pauses`, the end of a clause after `ends`.

    A named tuple, for it is made four times as fast as a frozen dataclass, once for each new token.
    """

    word: str
    key: str
    known: bool = False
    weight: float = 0.0
    booster: float = 0.0
    negates: int = 0
    upper: bool = False
    direction: int = 0
    leads: bool = False
    topic: int | None = None
    number: float | None = None
    percent: bool = False
    pauses: bool = False
    ends: bool = False
    marks: int = 0
