"""How much time a bar spans: said in words or seconds, or told by the distances between a file's bars."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Final

from ingest.importing.faults import UnusableInput

_NAMES: Final = {
    60: ("1m", "minute"),
    300: ("5m",),
    3_600: ("1h", "hour"),
    86_400: ("1d", "day"),
    604_800: ("1w", "week"),
}
WIDTHS: Final = {name: seconds for seconds, names in _NAMES.items() for name in (*names, str(seconds))}
"""Each spelling of a width, and its seconds."""
DAY_SECONDS: Final = 86_400
_FEWEST_DISTANCES: Final = 3
_CLEAR_SHARE: Final = 0.5
HOW_TO_SAY = "say it with --width 1m, 5m, 1h, 1d or 1w, or with a column 'width'"


def parse_width(written: str) -> int | None:
    """Seconds of a width such as "1h", "day" or "3600"; None for what is no width of a bar."""
    return WIDTHS.get(written.strip().lower())


def infer_width(bars: Iterable[tuple[str, datetime]]) -> int:
    """Tell the width of bars, given as (symbol, time), from the distances between neighbours of the same symbol.

    The commonest distance is the width, if it is a width that bars can have, is the smallest distance too, and makes
    up half of all: nights and weekends only add longer ones. Raises UnusableInput where this is not so, for a wrong
    guess would store every bar under a wrong key.
    """
    times: defaultdict[str, set[datetime]] = defaultdict(set)
    for symbol, time in bars:
        times[symbol].add(time)
    distances: Counter[int] = Counter()
    for known in times.values():
        ordered = sorted(known)
        distances.update(int((later - earlier).total_seconds()) for earlier, later in pairwise(ordered))
    if distances.total() < _FEWEST_DISTANCES:
        raise UnusableInput(f"there are too few bars to tell their width: {HOW_TO_SAY}")
    commonest, count = distances.most_common(1)[0]
    if commonest in _NAMES and commonest == min(distances) and count >= _CLEAR_SHARE * distances.total():
        return commonest
    seen = ", ".join(f"{seconds} s {times} times" for seconds, times in distances.most_common(3))
    raise UnusableInput(f"the distances between bars do not tell their width ({seen}): {HOW_TO_SAY}")
