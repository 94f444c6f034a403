"""How much the demo's crowd talks about each symbol: a few favourites take most of it, as on real boards.

Shares follow Zipf's law over a fixed order, favourites first and the rest in an order of their own.
"""

from typing import Final

from ingest.demo.noise import uniforms

ZIPF_EXPONENT: Final = 0.95
_FAVOURITES: Final = tuple(
    """
    NVDA TSLA AAPL AMD PLTR META AMZN MSFT GOOGL NFLX COIN SMCI INTC HOOD DIS BA MU AVGO UBER F
    JPM COST WMT CRWD PYPL SBUX NKE XOM CVX T PFE BAC KO V LLY UNH CRM ORCL QCOM DELL
    """.split()  # noqa: SIM905  # a list of forty quoted words hides its order
)


def popularity(symbols: list[str]) -> dict[str, float]:
    """Each symbol's weight; the most popular one has 1.0."""
    favourites = {symbol: place for place, symbol in enumerate(_FAVOURITES)}
    ranked = sorted(
        symbols, key=lambda symbol: (favourites.get(symbol, len(favourites)), uniforms(f"fame:{symbol}", 1), symbol)
    )
    return {symbol: rank**-ZIPF_EXPONENT for rank, symbol in enumerate(ranked, start=1)}
