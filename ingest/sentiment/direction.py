"""What went which way: "profit rose" is good, "costs rose" is bad, and "loss narrowed" is good again.

The words of direction and the things they speak of are lists; a direction times what it speaks of gives the weight.
Numbers that are set against each other ("EUR 8.7 mn, compared to EUR 6.1 mn") count as a direction of their own.
"""

from collections.abc import Mapping, Sequence

from ingest.sentiment.pieces import COMPARES, DIRECTION, Piece

MOVED = 2.3
"""Weight of a direction whose topic is known."""
COMPARED = 2.0
_MOVED_BY = 2.3
_BEHIND, _AHEAD = 9, 4
_NUMBER_REACH = 9
_TOPIC_REACH = 16
_BARRIERS = frozenset(("but", "while", "whereas", "although", "though", "as", "despite", "after", "because", "and"))
_REASONS = frozenset(("on", "amid", "at", "due"))
"""What follows these is why something went its way, or where, not what went."""
_NOUNS = frozenset(("growth",))
_RAISES = frozenset(("raise", "raises", "raised", "raising"))
_SCALE_WORDS = {
    "cents": 1e-2,
    "cent": 1e-2,
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "bln": 1e9,
}
CURRENCIES = frozenset(("eur", "usd", "gbp", "sek", "nok", "dkk", "euro", "euros"))
"""Opening a bracket, these begin what an amount before it is compared with: "EUR 29.1 mn (EUR 18.4 mn)"."""
_YEARS = range(1980, 2050)
_LARGEST_RATIO = 1_000
_LARGEST_BRACKETED = 20


def directed(pieces: Sequence[Piece]) -> dict[int, float]:
    """Weights by place for directions with a known topic, zero for the topics that they have used up."""
    found: dict[int, float] = {}
    for place, piece in enumerate(pieces):
        if piece.marks & DIRECTION and place not in found:
            if _names_topic(piece, place, found) or _raises_money(pieces, place):
                found[place] = 0.0
                continue
            topic = _topic_of(pieces, place, found)
            if topic is not None:
                found[place] = MOVED * piece.direction * (pieces[topic].topic or 0)
                found[topic] = 0.0
            elif any(each.percent for each in pieces[place + 1 : place + 4]):
                found[place] = _MOVED_BY * piece.direction
        elif piece.marks & COMPARES and not _moved_before(found, place):
            _compare(pieces, place, found)
    return found


def _names_topic(piece: Piece, place: int, found: Mapping[int, float]) -> bool:
    """Whether a noun only completes the topic right before it, which has its direction: "cuts capacity growth"."""
    return piece.key in _NOUNS and found.get(place - 1) == 0.0


def _raises_money(pieces: Sequence[Piece], place: int) -> bool:
    """Whether what was raised is an amount of money: "raises $2B in its listing" is no gain."""
    amount = pieces[place + 1] if place + 1 < len(pieces) else None
    return pieces[place].key in _RAISES and amount is not None and amount.number is not None and not amount.percent


def _topic_of(pieces: Sequence[Piece], place: int, found: Mapping[int, float]) -> int | None:
    """Find what a direction speaks of; one behind that another direction speaks of already comes last."""
    ahead, behind = _ahead(pieces, place), _behind(pieces, place)
    if ahead is None:
        return behind
    if behind is None or behind in found:
        return ahead
    compared = any(step.key == "than" for step in pieces[place + 1 : ahead])
    return ahead if pieces[place].leads and not compared else behind


def _ahead(pieces: Sequence[Piece], place: int) -> int | None:
    """Find what a direction speaks of after it, in the same breath."""
    if pieces[place].pauses or pieces[place].ends:
        return None
    for near in range(place + 1, min(place + 1 + _AHEAD, len(pieces))):
        step = pieces[near]
        if step.topic is not None:
            return near
        if step.pauses or step.ends or step.key in _BARRIERS or step.key in _REASONS:
            return None
    return None


def _behind(pieces: Sequence[Piece], place: int) -> int | None:
    """Find what a direction speaks of before it, in the same clause."""
    for near in range(place - 1, max(place - 1 - _BEHIND, -1), -1):
        step = pieces[near]
        if step.ends or (step.key in _BARRIERS and near < place - 1):
            return None
        if step.topic is not None:
            return near
    return None


def _moved_before(found: dict[int, float], place: int) -> bool:
    return any(found.get(near) for near in range(max(place - _TOPIC_REACH, 0), place))


def _compare(pieces: Sequence[Piece], place: int, found: dict[int, float]) -> None:
    topic = next((near for near in range(place - 1, max(place - _TOPIC_REACH, -1), -1) if pieces[near].topic), None)
    if topic is None or (pieces[place].key in CURRENCIES and not _same_currency(pieces, place)):
        return
    now = pieces[topic].topic or 0
    if pieces[place].number is not None:
        growth = _bracketed(pieces, place)
    else:
        other = next((near for near in range(place + 1, min(place + 4, len(pieces))) if pieces[near].topic), topic)
        turned = pieces[other].topic != now
        growth = 1 if turned else _growth(pieces, place, topic)
        if turned:
            found[other] = 0.0
    if growth:
        found[place] = COMPARED * now * growth
        found[topic] = 0.0


def _same_currency(pieces: Sequence[Piece], place: int) -> bool:
    """Whether the amount before a bracket is in its currency: "EUR 7 mn (USD 9 mn)" compares nothing."""
    before = (piece.key for piece in reversed(pieces[max(place - _NUMBER_REACH, 0) : place]))
    return next((key for key in before if key in CURRENCIES), None) == pieces[place].key


def _bracketed(pieces: Sequence[Piece], place: int) -> int:
    """Compare with last year's number in brackets, as in "EUR 7.1 mn (5.2)": it shares the unit."""
    now = next((each.number for each in reversed(pieces[max(place - 2, 0) : place]) if each.number), None)
    then = pieces[place].number
    if not now or not then or not 1 / _LARGEST_BRACKETED < now / then < _LARGEST_BRACKETED:
        return 0
    return (now > then) - (now < then)


def _growth(pieces: Sequence[Piece], place: int, topic: int) -> int:
    """Compare the last amount before a place with the first one after it."""
    now = _amount(pieces, range(place - 1, max(place - 1 - _NUMBER_REACH, topic), -1))
    then = _amount(pieces, range(place + 1, min(place + 1 + _NUMBER_REACH, len(pieces))))
    if not now or not then or not 1 / _LARGEST_RATIO < now / then < _LARGEST_RATIO:
        return 0
    return (now > then) - (now < then)


def _amount(pieces: Sequence[Piece], reach: range) -> float | None:
    for near in reach:
        number = pieces[near].number
        if number is not None and not (number in _YEARS and not pieces[near].percent):
            scale = pieces[near + 1].key if near + 1 < len(pieces) else ""
            return number * _SCALE_WORDS.get(scale, 1.0)
    return None
