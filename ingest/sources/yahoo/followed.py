"""Which symbols are followed: those that the settings name, and with `yahoo.listed` every real stock that is listed.

Prices of a stock that is not listed cannot be stored, and a checkpoint would move past them; so a named symbol is
followed from the moment it is listed, and a simulated stock never.
"""

from dataclasses import dataclass

import structlog

from ingest.listing import listed_symbols, simulated_symbols, stocks_by_symbol
from ops.source_settings import YahooSettings
from storage.database import Database
from storage.symbols import canonical

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Followed:
    """`listed` and `missing` go from our symbol to Yahoo's spelling."""

    listed: dict[str, str]
    missing: dict[str, str]


class Symbols:
    """Reads what is followed now."""

    def __init__(self, database: Database, settings: YahooSettings) -> None:
        self._database = database
        self._all = settings.listed
        self._named = named_symbols(settings)
        self._told: set[str] = set()

    async def read(self) -> Followed:
        """Return what is followed. Raise Unavailable where the database is away."""
        known = await stocks_by_symbol(self._database, list(self._named)) if self._named else {}
        simulated = {symbol for symbol, stock in known.items() if stock.simulated}
        for symbol in sorted(simulated - self._told):
            _log.warning("simulated_stock_not_followed", symbol=symbol)
        self._told |= simulated
        real = known.keys() - simulated
        listed = {symbol: self._named[symbol] for symbol in self._named if symbol in real}
        if self._all:
            others = await listed_symbols(self._database) - await simulated_symbols(self._database)
            listed |= {symbol: spelled(symbol) for symbol in sorted(others - listed.keys())}
        missing = {symbol: name for symbol, name in self._named.items() if symbol not in known}
        return Followed(listed, missing)


def named_symbols(settings: YahooSettings) -> dict[str, str]:
    """Return the symbols that the settings name, from ours to Yahoo's; raise ValueError, naming one that is none."""
    named: dict[str, str] = {}
    for given in settings.symbols:
        symbol = canonical(given)
        if symbol is None:
            raise ValueError(f"INSITECHART_YAHOO_SYMBOLS: {given!r} is not a symbol, as AAPL or BRK-B")
        named[symbol] = given.strip().upper()
    return named


def spelled(symbol: str) -> str:
    """Spell a symbol as Yahoo does: a share class, of one letter, after a hyphen (BRK-B); an exchange after a dot."""
    stem, dot, suffix = symbol.rpartition(".")
    return f"{stem}-{suffix}" if dot and len(suffix) == 1 and suffix.isalpha() else symbol
