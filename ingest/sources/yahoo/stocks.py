"""The poll that lists what the settings name and no table knows yet: by a search, its name, exchange and sector."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec
import structlog

from ingest.sources.bounds import label
from ingest.sources.client import Client
from ingest.sources.failures import Malformed
from ingest.sources.outlet import Outlet
from ingest.sources.yahoo.api import YahooApi
from ingest.sources.yahoo.followed import Symbols
from ingest.sources.yahoo.shapes import Found, Search
from storage.intake_items import CollectedStock
from storage.symbols import canonical

_AGAIN_WHEN_FOUND = timedelta(minutes=10)  # it waits for a scorer; should it have been lost, it is sent again
_AGAIN_WHEN_UNKNOWN = timedelta(days=1)
_log = structlog.get_logger()


class StocksState(msgspec.Struct):
    """When each missing symbol may be searched for again, in seconds since 1970."""

    again_at: dict[str, float] = {}


class Stocks:
    """Searches for symbols that are missing."""

    name = "yahoo:stocks"

    def __init__(self, api: YahooApi, client: Client, symbols: Symbols, outlet: Outlet, every: float) -> None:
        self.every = every
        self._api = api
        self._now = client.now
        self._symbols = symbols
        self._outlet = outlet

    async def run(self) -> None:
        """Search for each missing symbol whose time has come."""
        missing = (await self._symbols.read()).missing
        if not missing:
            return
        state = await self._outlet.state(self.name, StocksState)
        again_at = {symbol: at for symbol, at in state.again_at.items() if symbol in missing}
        for symbol, spelling in missing.items():
            now = self._now()
            if again_at.get(symbol, 0.0) > now.timestamp():
                continue
            params = {"q": spelling, "quotesCount": "6", "newsCount": "0"}
            answer = await self._api.get("/v1/finance/search", params)
            if answer.status != 200:  # noqa: PLR2004  HTTP's OK
                raise Malformed(f"HTTP {answer.status} to a search")
            found = _stock(symbol, answer.read(Search).quotes)
            if found is None:
                _log.warning("symbol_unknown_to_source", source="yahoo", symbol=symbol)
            again_at[symbol] = (now + (_AGAIN_WHEN_FOUND if found else _AGAIN_WHEN_UNKNOWN)).timestamp()
            await self._outlet.publish([found] if found else [], self.name, StocksState(again_at))


def _stock(symbol: str, hits: Iterable[Found]) -> CollectedStock | None:
    """Read the stock off the hit of just this symbol; others are near misses."""
    for hit in hits:
        name = label(hit.longname) or label(hit.shortname)
        if hit.symbol is not None and canonical(hit.symbol) == symbol and name is not None:
            return CollectedStock(symbol, name, label(hit.exchdisp), label(hit.sector), label(hit.industry))
    return None
