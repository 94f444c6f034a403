"""Lists of terms as files: one weight or name a line, then the terms it holds for, set apart by commas.

`2.5: bullish, to the moon` gives both terms 2.5. A term of several words is read as one. Lines that begin with "#" are
remarks. Terms are lower case, with straight quotes.
"""

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).parent / "lexicons"


class BadList(ValueError):
    """A list of terms that ships with the program cannot be read; names the file and the line."""


def groups(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read a file of the folder `lexicons` as (head, terms) pairs, in its order. Raise BadList for anything else."""
    for number, line in enumerate((_FOLDER / name).read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        head, colon, rest = line.partition(": ")
        terms = tuple(map(_as_read, rest.split(", ")))
        if not colon or not all(terms) or any(term != term.casefold() for term in terms):
            raise BadList(f"{name}, line {number}: expected 'head: term, term' in lower case")
        yield head, terms


def _as_read(term: str) -> str:
    """Leave single letters out of a phrase, as the reader leaves them out of a text."""
    words = term.split()
    return " ".join(word for word in words if len(words) == 1 or len(word) > 1 or not word.isalpha())


def weights(name: str) -> dict[str, float]:
    """Read a file whose heads are weights; a term that stands in it twice is a BadList."""
    found: dict[str, float] = {}
    for head, terms in groups(name):
        for term in terms:
            if term in found:
                raise BadList(f"{name}: '{term}' stands in it twice")
            found[term] = float(head)
    return found


def named(name: str) -> dict[str, frozenset[str]]:
    """Read a file whose heads are names."""
    return {head: frozenset(terms) for head, terms in groups(name)}
