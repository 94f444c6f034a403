"""The companies of the demo: members of the S&P 500 as the package pytickersymbols lists them."""

from typing import Any, Final

from storage.rows import StockRow
from storage.symbols import canonical

COMPANY_COUNT: Final = 500
_SECOND_CLASSES: Final = frozenset({"GOOG", "FOX", "NWS"})
"""Second share classes of companies whose first class is a member too: the index has 503 shares of 500 companies."""

_SECTORS: Final = {
    name.casefold(): name
    for name in (
        "Communication Services",
        "Consumer Discretionary",
        "Consumer Staples",
        "Energy",
        "Financials",
        "Health Care",
        "Industrials",
        "Information Technology",
        "Materials",
        "Real Estate",
        "Utilities",
    )
}
_EXCHANGES: Final = ("NYSE", "NASDAQ")


class DemoNotInstalled(Exception):
    """The optional package with the names of the companies is missing."""


def demo_companies(count: int = COMPANY_COUNT) -> list[StockRow]:
    """Up to `count` real companies by symbol, marked as simulated; without industry and market cap: not in the package.

    Raises DemoNotInstalled, with what to install, where the optional package is missing.
    """
    try:
        from pytickersymbols import PyTickerSymbols  # noqa: PLC0415  # an optional package
    except ImportError as missing:
        raise DemoNotInstalled(
            "demo data needs the package pytickersymbols: install InsiteChart with its 'demo' extra"
        ) from missing
    found = {}
    for entry in PyTickerSymbols().get_stocks_by_index("S&P 500"):
        symbol = canonical(entry.get("symbol") or "")
        if symbol and entry.get("name") and symbol not in _SECOND_CLASSES:
            found[symbol] = _stock(symbol, entry)
    return [found[symbol] for symbol in sorted(found)][:count]


def _stock(symbol: str, entry: dict[str, Any]) -> StockRow:
    return StockRow(
        symbol=symbol,
        name=entry["name"].strip(),
        exchange=_exchange(symbol, entry),
        sector=_sector(entry.get("industries") or []),
        industry=None,
        market_cap=None,
        simulated=True,
    )


def _exchange(symbol: str, entry: dict[str, Any]) -> str | None:
    for listing in entry.get("symbols") or []:
        prefix, _, listed = (listing.get("google") or "").partition(":")
        if prefix.upper() in _EXCHANGES and canonical(listed) == symbol:
            return prefix.upper()
    traded_as = ((entry.get("metadata") or {}).get("traded_as") or "").upper()
    return next((exchange for exchange in _EXCHANGES if traded_as.startswith(exchange)), None)


def _sector(industries: list[str]) -> str | None:
    """Find the one GICS sector among unordered words; None when there is none, or more than one."""
    sectors = {_SECTORS[word.casefold()] for word in industries if word.casefold() in _SECTORS}
    return sectors.pop() if len(sectors) == 1 else None
