"""What can be wrong with foreign data: with one row, or with the input as a whole."""

import reprlib
from dataclasses import dataclass

_SHOWN_CHARACTERS = 60


class UnusableInput(Exception):
    """The input as a whole cannot be imported: missing, binary, without a needed column, cut off."""


class RowError(Exception):
    """One row is wrong. `reason` is the same for every row wrong in this way; `detail` shows the value."""

    def __init__(self, reason: str, value: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = "" if value is None else shown(value)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was passed over: the line on which it starts, why, and the value concerned (may be empty)."""

    line: int
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


def shown(value: object) -> str:
    """Write a foreign value for a person: on one line, without control characters, at most 60 characters of it.

    Of lists and objects only the outer levels: `str` gives up on values as deep as JSON may hold.
    """
    text = reprlib.repr(value) if isinstance(value, list | dict) else str(value)
    cut = text[:_SHOWN_CHARACTERS]
    visible = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)
    return f"{visible}… {len(text):,} characters" if len(text) > _SHOWN_CHARACTERS else visible
