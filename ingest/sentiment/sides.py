"""Whose trouble it is: "bears rekt" and "good luck shorts" are said by those who expect the price to rise.

Messages of retail traders mock the other side. A harsh word that speaks of a side of the market counts for the other
one, whatever its own weight.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ingest.sentiment.pieces import SIDE, Piece


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TROUBLE: Final = 2.2
"""Weight of a side's trouble: good where the bears have it, bad where the bulls do."""
SIDES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("bears", "bear", "shorts", "shorties", "shorters", "short sellers", "hedgies"), 1),
    **dict.fromkeys(("bulls", "longs", "bull"), -1),
}
_LINKS: Final = _words(
    "are r is were was be being been about to gonna going gon get gets getting got will so all really just in must have"
    " look looking feel feeling still now again both finally always deep big"
)
_TROUBLES: Final = _words(
    "fuk fuked fucked dead done quiet crying cry cooked toast burn burned burnt sweating hiding trapped squeezed killed"
    " slaughtered smoked wrong rekt wrecked pain shambles trouble screwed hurting hurt panic panicking nervous scared"
    " worried desperate destroyed crushed stuck silent"
)
_MOCKS: Final = frozenset(
    ("good luck", "gl", "sorry", "poor", "rip", "bye", "bye bye", "goodbye", "burn", "burning", "squeeze", "squeezing")
) | {"trapped", "silly", "dumb", "stupid", "desperate", "lol", "lmao", "crush", "crushing", "scared", "punish"}
_ARTICLES: Final = frozenset(("the", "these", "all", "those", "you", "to"))
_FAR: Final = 6


def sided(pieces: Sequence[Piece]) -> dict[int, float]:
    """Weights by place for troubles of a side, zero for the words that they have used up."""
    found: dict[int, float] = {}
    for place, piece in enumerate(pieces):
        if piece.marks & SIDE:
            at = _trouble_behind(pieces, place)
            at = _mock_before(pieces, place) if at is None else at
            if at is not None:
                found[place], found[at] = 0.0, TROUBLE * SIDES[piece.key]
    return found


def _trouble_behind(pieces: Sequence[Piece], place: int) -> int | None:
    """Find what befalls a side, with nothing but small words between."""
    for near in range(place, min(place + _FAR, len(pieces) - 1)):
        if pieces[near].ends:
            return None
        if _is_trouble(pieces[near + 1]):
            return near + 1
        if pieces[near + 1].key not in _LINKS:
            return None
    return None


def _mock_before(pieces: Sequence[Piece], place: int) -> int | None:
    """Find the word that mocks a side right before it."""
    near = place - 1
    if near > 0 and pieces[near].key in _ARTICLES:
        near -= 1
    return near if near >= 0 and pieces[near].key in _MOCKS and not pieces[near].ends else None


def _is_trouble(piece: Piece) -> bool:
    return piece.weight < 0 or piece.key in _TROUBLES
