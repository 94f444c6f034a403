"""Texts of strangers in the terminal."""

import io

import pytest
from rich.console import Console

from ops.cli.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\\[link=https://x]no link[/]", "\\[link=https://x]no link[/]"),
        ("a\nb\N{RIGHT-TO-LEFT OVERRIDE}c", "a\\nb\\u202ec"),
        ("half \ud800", "half \\ud800"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{ROCKET}", "caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{ROCKET}"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    """Control characters are spelt out, those that turn the direction too, and no markup of the table is read."""
    file = io.StringIO()
    Console(file=file, force_terminal=True, width=100, highlight=False).print(printable(text))
    assert file.getvalue() == shown + "\n"
