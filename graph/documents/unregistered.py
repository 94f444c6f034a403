"""What this process ran though nobody registered it, between two recordings: what trusted mode would refuse."""

from storage.unregistered_documents import Asked

MOST = 500
"""Documents between two recordings; what comes beyond is only counted, for clients choose how many there are."""


class Unregistered:
    """Counts admissions by document; answers that are kept whole pass it by, so each was asked at least so often."""

    __slots__ = ("_asked", "_documents", "beyond")

    def __init__(self) -> None:
        self._documents: dict[str, tuple[str | None, int]] = {}
        self._asked: dict[str, int] = {}
        self.beyond = 0
        """Admissions of documents for which there was no room."""

    def note(self, digest: str, operation: str | None, size: int) -> None:
        """Count an admission of a document, by its SHA-256 in hex, with its operation's name and its bytes."""
        asked = self._asked.get(digest)
        if asked is not None:
            self._asked[digest] = asked + 1
        elif len(self._asked) < MOST:
            self._asked[digest] = 1
            self._documents[digest] = (operation, size)
        else:
            self.beyond += 1

    def take(self) -> list[Asked]:
        """Return what was counted, and begin anew."""
        asked, documents = self._asked, self._documents
        self._asked, self._documents = {}, {}
        return [Asked(digest, *documents[digest], number) for digest, number in asked.items()]

    def give_back(self, taken: list[Asked]) -> None:
        """Count again what could not be recorded, within the bound; what came meanwhile counts beside it."""
        for one in taken:
            asked = self._asked.get(one.digest)
            if asked is None and len(self._asked) >= MOST:
                self.beyond += one.asked
                continue
            self._documents[one.digest] = (one.operation, one.size)
            self._asked[one.digest] = (asked or 0) + one.asked
