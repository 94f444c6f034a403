"""Joins words that the lists hold as a phrase into one piece: the longest phrase at each place."""

from collections.abc import Callable, Iterable, Sequence

from ingest.sentiment.pieces import PHRASE_HEAD, Piece

Joined = Callable[[str, str, Piece], Piece]
"""Makes a piece of a phrase from its words as written, its key, and the last piece in it."""


class Phrases:
    """Phrases by their first two words, the longest first: most words that begin a phrase do not go on with it."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._by_head: dict[str, dict[str, list[tuple[str, ...]]]] = {}
        for phrase in sorted(phrases, key=lambda words: (-len(words), words)):
            self._by_head.setdefault(phrase[0], {}).setdefault(phrase[1], []).append(phrase)

    @property
    def heads(self) -> Iterable[str]:
        """The words that phrases begin with."""
        return self._by_head.keys()

    def begin_with(self, key: str) -> bool:
        """Tell whether any phrase begins with this word."""
        return key in self._by_head

    def merge(self, pieces: list[Piece], joined: Joined) -> None:
        """Put one piece in place of each phrase, in the list itself; no phrase reaches over the end of a clause."""
        heads = [place for place, piece in enumerate(pieces) if piece.marks & PHRASE_HEAD]
        found: list[tuple[int, int]] = []
        free = 0
        for place in heads:
            if place >= free and (length := self._length_at(pieces, place)) > 1:
                found.append((place, length))
                free = place + length
        if found:
            pieces[:] = _joined(pieces, found, joined)

    def _length_at(self, pieces: Sequence[Piece], place: int) -> int:
        if place + 1 == len(pieces):
            return 1
        for phrase in self._by_head[pieces[place].key].get(pieces[place + 1].key, ()):
            parts = pieces[place : place + len(phrase)]
            if tuple([part.key for part in parts]) == phrase and not any(part.ends for part in parts[:-1]):
                return len(phrase)
        return 1


def _joined(pieces: Sequence[Piece], found: Iterable[tuple[int, int]], joined: Joined) -> list[Piece]:
    """Build the list anew: taking pieces out one by one would cost the square of a long text."""
    result: list[Piece] = []
    done = 0
    for place, length in found:
        parts = pieces[place : place + length]
        result += pieces[done:place]
        result.append(
            joined(" ".join([part.word for part in parts]), " ".join([part.key for part in parts]), parts[-1])
        )
        done = place + length
    result += pieces[done:]
    return result
