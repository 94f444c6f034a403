"""The hand-made names of companies, and how much a text must say of the market before a name counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("nicknames.txt")


class Need(IntEnum):
    """What a company's name needs around it before it is taken for the company."""

    NOTHING = 0
    FINANCE_IN_THE_TEXT = 1
    FINANCE_BESIDE = 2
    NEVER = 3


@dataclass(frozen=True, slots=True)
class Nickname:
    """A name of a listed company; what it needs when written with a capital, and in small letters."""

    symbol: str
    name: str
    capital: Need
    small: Need


_GROUPS: Final = {
    "[unmistakable]": (Need.NOTHING, Need.NOTHING),
    "[capitalised]": (Need.NOTHING, Need.FINANCE_BESIDE),
    "[capitalised or near finance]": (Need.NOTHING, Need.FINANCE_IN_THE_TEXT),
    "[near finance]": (Need.FINANCE_IN_THE_TEXT, Need.NEVER),
    "[beside finance]": (Need.FINANCE_BESIDE, Need.NEVER),
}


def nicknames() -> Iterator[Nickname]:
    """Read every hand-made name; a line outside the groups of the file raises ValueError."""
    needs = None
    for number, line in enumerate(_FILE.read_text(encoding="utf-8").splitlines(), 1):
        if line in _GROUPS:
            needs = _GROUPS[line]
        elif line and not line.startswith("#"):
            symbol, divided, names = line.partition(" ")
            if needs is None or not divided:
                raise ValueError(f"{_FILE.name}, line {number}: a symbol and names inside a [group] are expected")
            for name in names.split("|"):
                yield Nickname(symbol, name.strip(), *needs)
