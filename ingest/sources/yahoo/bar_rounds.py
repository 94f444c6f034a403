"""The poll for bars of one width: each followed symbol from its newest known bar, or from the backfill's start."""

import re
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec
import structlog

from ingest.sources.client import Client
from ingest.sources.failures import Malformed
from ingest.sources.outlet import Outlet
from ingest.sources.yahoo.api import YahooApi
from ingest.sources.yahoo.bars import SECONDS, bars
from ingest.sources.yahoo.followed import Symbols
from ingest.sources.yahoo.shapes import Chart, ChartBody
from ops.source_settings import Width, YahooSettings
from storage.intake_items import CollectedBar

DAY: Final = 86_400
_WIDEST: Final[dict[Width, int]] = {"1m": 7 * DAY, "1h": 365 * DAY, "1d": 3_650 * DAY}
_FARTHEST: Final[dict[Width, int]] = {"1m": 29 * DAY, "1h": 729 * DAY, "1d": 3_650 * DAY}
_OVERLAP: Final = 5  # bars read again: the last ones grow, and nulls are filled in late
_NARROWEST: Final = 20  # bars; a window that is refused even so is not too wide
_SPAN_ALLOWED: Final = re.compile(r"within the last (\d{1,4}) days")
_log = structlog.get_logger()

Known = tuple[float, float, float, float, float, int]


class BarsState(msgspec.Struct):
    """How far a symbol was read, in seconds since 1970; its last bars as published; until when it is left alone."""

    reached: float | None = None
    recent: list[Known] = []
    absent_until: float = 0.0


class BarRounds:
    """Reads the bars of every followed symbol; where a round breaks off, the next begins with the symbol that broke."""

    def __init__(
        self, width: Width, api: YahooApi, client: Client, symbols: Symbols, outlet: Outlet, settings: YahooSettings
    ) -> None:
        self.name = f"yahoo:bars:{width}"
        self.every = settings.bar_seconds
        self._width: Width = width
        self._backfill = min(settings.backfill_days * DAY, _FARTHEST[width])
        self._api = api
        self._now = client.now
        self._symbols = symbols
        self._outlet = outlet
        self._next = ""

    async def run(self) -> None:
        """Read symbol by symbol. One that is answered oddly is told and passed over; the others are still read."""
        listed = (await self._symbols.read()).listed
        order = sorted(listed)
        odd: list[str] = []
        for symbol in [name for name in order if name >= self._next] + [name for name in order if name < self._next]:
            self._next = symbol
            try:
                await self._symbol(symbol, listed[symbol])
            except Malformed as malformed:
                _log.warning("bars_unreadable", symbol=symbol, width=self._width, reason=str(malformed))
                odd.append(symbol)
        self._next = ""
        if odd:
            raise Malformed(f"{len(odd)} of {len(order)} symbols, {odd[0]} first")

    async def _symbol(self, symbol: str, spelling: str) -> None:
        """Read window by window; what each held is published before the next is read."""
        name = f"{self.name}:{symbol}"
        state = await self._outlet.state(name, BarsState)
        now = self._now()
        if state.absent_until > now.timestamp():
            return
        end, seconds = int(now.timestamp()), SECONDS[self._width]
        start = int(end - self._backfill if state.reached is None else state.reached - _OVERLAP * seconds)
        start, window = max(start, end - _FARTHEST[self._width]), _WIDEST[self._width]
        while start < end:
            until = min(start + window, end)
            params = {"period1": str(start), "period2": str(until), "interval": self._width}
            answer = await self._api.get(f"/v8/finance/chart/{quote(spelling, safe='')}", params)
            if answer.status == HTTPStatus.NOT_FOUND:
                _log.warning("symbol_unknown_to_source", source="yahoo", symbol=symbol)
                state.absent_until = now.timestamp() + DAY
                await self._outlet.publish([], name, state)
                return
            body = answer.read(Chart).chart
            if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                start, window = self._narrowed(body, start, until, end)
                continue
            if answer.status != HTTPStatus.OK or not body.result:
                raise Malformed(f"HTTP {answer.status}: {body.error.code if body.error else 'no result'}")
            if body.result[0].meta.currency not in (None, "USD"):
                raise Malformed(f"prices are in {body.result[0].meta.currency}, not in dollars")
            found = bars(symbol, self._width, body.result[0], now)
            state = await self._keep(name, state, found, until if until < end else None)
            start = until

    def _narrowed(self, body: ChartBody, start: int, until: int, end: int) -> tuple[int, int]:
        """Return the start and the width of a window that may be allowed, after one that was not."""
        seconds = SECONDS[self._width]
        if allowed := _SPAN_ALLOWED.search(body.error.description if body.error else ""):
            nearest = end - int(allowed[1]) * DAY + seconds
            if nearest > start:
                return nearest, until - start
        window = (until - start) // 2
        if window < _NARROWEST * seconds:
            raise Malformed("HTTP 422 to however narrow a window")
        return start, window

    async def _keep(self, name: str, state: BarsState, found: list[CollectedBar], passed: int | None) -> BarsState:
        """Publish a window's bars that are new or have grown; `passed` is its end where another window follows."""
        known = set(state.recent)
        new = [bar for bar in found if _known(bar) not in known]
        newest = found[-1].time.timestamp() if found else state.reached
        recent = [_known(bar) for bar in found[-_OVERLAP - 1 :]] or state.recent
        after = BarsState(newest if passed is None else float(passed), recent)
        if new or passed is not None:
            await self._outlet.publish(new, name, after)
        return after


def _known(bar: CollectedBar) -> Known:
    return (bar.time.timestamp(), bar.open, bar.high, bar.low, bar.close, bar.volume)
