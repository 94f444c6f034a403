"""Reading bars off a chart: nulls skipped, readings between two bars dropped, days named by the session's date."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Final

from ingest.sources.bounds import moment
from ingest.sources.failures import Malformed
from ingest.sources.yahoo.shapes import ChartResult
from ops.source_settings import Width
from storage.intake_items import CollectedBar

SECONDS: Final[dict[Width, int]] = {"1m": 60, "1h": 3_600, "1d": 86_400}
_GRID: Final[dict[Width, int]] = {"1m": 60, "1h": 1_800, "1d": 1}  # sessions start on the half hour, and so do bars
_MOST_VOLUME: Final = 2**53 - 1


def bars(symbol: str, width: Width, chart: ChartResult, now: datetime) -> list[CollectedBar]:
    """Return a chart's bars in order of time.

    The live reading that Yahoo puts behind the last bar is stamped with its own second: it starts no bar, and for a day
    it is that day's bar, which it replaces. Raise Malformed where the columns differ in length.
    """
    times = chart.timestamp or []
    columns = chart.indicators.quote[0] if chart.indicators.quote else None
    if not times or columns is None:
        return []
    series = (columns.open, columns.high, columns.low, columns.close, columns.volume)
    if any(len(column) != len(times) for column in series):
        raise Malformed(f"columns of {[len(column) for column in series]} values under {len(times)} times")
    found: dict[datetime, CollectedBar] = {}
    for time, *values in zip(times, *series, strict=True):
        start = _start(time, width, chart.meta.gmtoffset, now)
        bar = start and _bar(symbol, width, start, *values)
        if bar:
            found[bar.time] = bar
    return [found[time] for time in sorted(found)]


def _start(time: int, width: Width, offset: int, now: datetime) -> datetime | None:
    if time % _GRID[width]:
        return None
    start = moment(time + offset if width == "1d" else time)
    if start is None or start > now + timedelta(days=1):
        return None
    return datetime(start.year, start.month, start.day, tzinfo=UTC) if width == "1d" else start


def _bar(
    symbol: str,
    width: Width,
    start: datetime,
    opened: float | None,
    high: float | None,
    low: float | None,
    closed: float | None,
    volume: float | None,
) -> CollectedBar | None:
    """Make a bar; None where a price is null, or is none. Rounding may put a close a hair above the high: it widens."""
    if opened is None or high is None or low is None or closed is None:
        return None
    prices = (opened, high, low, closed)
    if not all(isfinite(price) and price > 0 for price in prices) or not 0 <= (volume or 0) <= _MOST_VOLUME:
        return None
    return CollectedBar(symbol, SECONDS[width], start, opened, max(prices), min(prices), closed, int(volume or 0))
