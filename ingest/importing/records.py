"""One record of foreign data, before anybody knows what it means."""

from dataclasses import dataclass

Value = object
"""What a cell holds: text from CSV; text, number, boolean, null or a nested value from JSON."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row by column name, the line on which it starts, and how many characters it took."""

    line: int
    cells: dict[str, Value]
    characters: int
