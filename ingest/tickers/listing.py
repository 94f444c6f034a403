"""Which stocks can be found: the listed symbols, with the names of their companies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Listing:
    """Canonical symbols, each with its company's name as listed; empty where the name is not known."""

    names: Mapping[str, str]

    @classmethod
    def of_symbols(cls, symbols: Iterable[str]) -> Self:
        """List canonical symbols whose names are not known: nothing is found by name then."""
        return cls(dict.fromkeys(symbols, ""))

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.names
