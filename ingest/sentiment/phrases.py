"""Joins words that the lists hold as a phrase into one piece: the longest phrase at each place."""

from collections.abc import Callable, Iterable, Sequence

from ingest.sentiment.pieces import PHRASE_HEAD, Piece

Joined = Callable[[str, str, Piece], Piece]
"""Makes a piece of a phrase from its words as written, its key, and the last piece in it."""


class Phrases:
    """Phrases by their first word, the longest first."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._by_head: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(phrases, key=lambda words: (-len(words), words)):
            self._by_head.setdefault(phrase[0], []).append(phrase)

    def begin_with(self, key: str) -> bool:
        """Tell whether any phrase begins with this word."""
        return key in self._by_head

    def merged(self, pieces: Sequence[Piece], joined: Joined) -> list[Piece]:
        """Put one piece in place of each phrase; a phrase does not reach over the end of a clause."""
        found: list[Piece] = []
        place = 0
        while place < len(pieces):
            piece = pieces[place]
            length = self._length_at(pieces, place) if piece.marks & PHRASE_HEAD else 1
            if length > 1:
                parts = pieces[place : place + length]
                words, keys = " ".join(part.word for part in parts), " ".join(part.key for part in parts)
                found.append(joined(words, keys, parts[-1]))
            else:
                found.append(piece)
            place += length
        return found

    def _length_at(self, pieces: Sequence[Piece], place: int) -> int:
        for phrase in self._by_head[pieces[place].key]:
            length = len(phrase)
            parts = pieces[place : place + length]
            if tuple(part.key for part in parts) == phrase and not any(part.ends for part in parts[:-1]):
                return length
        return 1
