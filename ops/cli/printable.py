"""Texts that others wrote, as the terminal may show them."""

import sys

from rich.text import Text

UNBROKEN = 10_000
"""Columns of what no terminal shows: nothing is folded or cut for programs that read lines."""


def columns() -> int | None:
    """Return how wide a table on standard output may be; None leaves it to the terminal."""
    return None if sys.stdout.isatty() else UNBROKEN


def printable(text: str) -> Text:
    """Show what is written and nothing more: no control character reaches the terminal, and no markup is read."""
    return Text("".join(each if each.isprintable() else _spelt(each) for each in text))


def _spelt(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
