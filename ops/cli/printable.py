"""Texts that others wrote, as the terminal may show them."""

from rich.text import Text


def printable(text: str) -> Text:
    """Show what is written and nothing more: no control character reaches the terminal, and no markup is read."""
    return Text("".join(each if each.isprintable() else _spelt(each) for each in text))


def _spelt(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
