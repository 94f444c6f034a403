"""The poll for quotes: all followed symbols in chunks, and only what moved since the last round is published."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Final

import msgspec
import structlog

from ingest.sources.bounds import dated, moment
from ingest.sources.client import Client
from ingest.sources.failures import Malformed
from ingest.sources.outlet import Outlet
from ingest.sources.yahoo.api import YahooApi
from ingest.sources.yahoo.followed import Symbols
from ingest.sources.yahoo.shapes import QuoteRow, Quotes
from storage.intake_items import CollectedQuote
from storage.symbols import canonical

CHUNK: Final = 50
_MOST_VOLUME: Final = 2**53 - 1  # what the API can show exactly
_log = structlog.get_logger()
_decode_row = msgspec.json.Decoder(QuoteRow).decode


class QuotesState(msgspec.Struct):
    """What each symbol of a chunk was last published as: time, price, volume."""

    last: dict[str, tuple[float, float, int]] = {}


class QuoteRounds:
    """Asks for the price of every followed symbol."""

    name = "yahoo:quotes"

    def __init__(self, api: YahooApi, client: Client, symbols: Symbols, outlet: Outlet, every: float) -> None:
        self.every = every
        self._api = api
        self._now = client.now
        self._symbols = symbols
        self._outlet = outlet

    async def run(self) -> None:
        """Ask chunk by chunk; each chunk has a checkpoint of its own."""
        followed = (await self._symbols.read()).listed
        symbols = list(followed.items())
        for number, start in enumerate(range(0, len(symbols), CHUNK)):
            await self._chunk(f"{self.name}:{number}", dict(symbols[start : start + CHUNK]))

    async def _chunk(self, name: str, chunk: dict[str, str]) -> None:
        state = await self._outlet.state(name, QuotesState)
        answer = await self._api.get_with_crumb("/v7/finance/quote", {"symbols": ",".join(chunk.values())})
        if answer.status != 200:  # noqa: PLR2004  HTTP's OK
            raise Malformed(f"HTTP {answer.status} to quotes")
        rows = answer.read(Quotes).quote_response.result or ()
        quotes = [quote for quote in _read(rows, self._now()) if quote.symbol in chunk]
        last = {quote.symbol: (quote.at.timestamp(), quote.price, quote.volume) for quote in quotes}
        moved = [quote for quote in quotes if last[quote.symbol] != state.last.get(quote.symbol)]
        if moved:
            kept = {symbol: value for symbol, value in {**state.last, **last}.items() if symbol in chunk}
            await self._outlet.publish(moved, name, QuotesState(kept))


def _read(rows: Sequence[msgspec.Raw], now: datetime) -> list[CollectedQuote]:
    quotes = []
    for raw in rows:
        try:
            quote = _quote(_decode_row(raw), now)
        except msgspec.DecodeError as error:
            _log.warning("quote_unreadable", reason=str(error))
            continue
        if quote is not None:
            quotes.append(quote)
    return quotes


def _quote(row: QuoteRow, now: datetime) -> CollectedQuote | None:
    """Make an item of a row; None without a price, and for one that is not in dollars."""
    symbol, price = canonical(row.symbol), row.regular_market_price
    if symbol is None or price is None or not isfinite(price) or price <= 0 or row.regular_market_time is None:
        return None
    if row.currency not in (None, "USD"):
        _log.warning("quote_not_in_dollars", symbol=symbol, currency=row.currency)
        return None
    at = dated(moment(row.regular_market_time), now, "yahoo", symbol)
    if at is None:
        return None
    previous = row.regular_market_previous_close
    return CollectedQuote(
        symbol=symbol,
        price=price,
        at=at,
        previous_close=previous if previous is not None and previous > 0 else None,
        volume=int(min(max(row.regular_market_volume or 0, 0), _MOST_VOLUME)),
        market_cap=None if row.market_cap is None or row.market_cap < 0 else int(min(row.market_cap, _MOST_VOLUME)),
    )
