"""Cells into values: each reader names its field in the reason when it refuses one."""

import math
import re
from datetime import UTC, datetime, timedelta

from ingest.importing.faults import RowError
from ingest.importing.records import Value
from storage.symbols import canonical

MAX_WHOLE = 2**53 - 1
"""The largest whole number that every JSON client reads exactly."""
MAX_AHEAD = timedelta(days=1)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
_NUMBER_CHARACTERS = 64
_DIVIDER = re.compile(r"[\s,;]+")
_UNIX = re.compile(r"\d{9,10}(?:\.\d{1,9})?", re.ASCII)
_UNIX_MILLISECONDS = re.compile(r"\d{12,13}", re.ASCII)


def symbol(value: Value) -> str:
    """Read a stock symbol, with or without a leading dollar sign, into its canonical spelling.

    Nasdaq's listings write the preferred series D of ABR as ABR$D, others as ABR-PD: both become ABR.PD.
    """
    text = required_text(value, "symbol", 1_000)
    found = canonical(text.removeprefix("$").replace("$", ".P"))
    if found is None:
        raise RowError("not a stock symbol", text)
    return found


def symbols(value: Value) -> list[str]:
    """Read any number of symbols, divided by spaces, commas or semicolons."""
    text = required_text(value, "symbol", 1_000)
    return [symbol(part) for part in _DIVIDER.split(text) if part]


def text(value: Value, name: str, longest: int) -> str | None:
    """Read a text of at most `longest` characters, trimmed; None when empty."""
    if value is None:
        return None
    if isinstance(value, bool | list | dict):
        raise RowError(f"{name} is not a text", value)
    trimmed = str(value).strip()
    if "\0" in trimmed:
        raise RowError("NUL byte", trimmed)
    if len(trimmed) > longest:
        raise RowError(f"{name} is longer than {longest:,} characters", trimmed)
    return trimmed or None


def required_text(value: Value, name: str, longest: int) -> str:
    """Read a text that must not be empty."""
    found = text(value, name, longest)
    if found is None:
        raise RowError(f"{name} is empty")
    return found


def number(value: Value, name: str) -> float:
    """Read a finite decimal number."""
    if isinstance(value, str):
        written = value.strip()
        if not written:
            raise RowError(f"{name} is empty")
        if len(written) > _NUMBER_CHARACTERS or not _NUMBER.fullmatch(written):
            raise RowError(f"{name} is not {'finite' if _NOT_FINITE.fullmatch(written) else 'a number'}", written)
        value = written
    elif value is None:
        raise RowError(f"{name} is empty")
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError(f"{name} is not a number", value)
    try:
        found = float(value)
    except OverflowError:
        raise RowError(f"{name} is not finite", value) from None
    if not math.isfinite(found):
        raise RowError(f"{name} is not finite", value)
    return found


def price(value: Value, name: str) -> float:
    """Read a price: a finite number above zero."""
    found = number(value, name)
    if found <= 0:
        raise RowError(f"{name} is not above zero", value)
    return found


def whole(value: Value, name: str) -> int | None:
    """Read a whole number from 0 to MAX_WHOLE, None when empty; 1e6 and 44.0 are whole numbers too."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = number(value, name)
    if found < 0:
        raise RowError(f"{name} is below zero", value)
    if found > MAX_WHOLE:
        raise RowError(f"{name} is above {MAX_WHOLE}", value)
    if not found.is_integer():
        raise RowError(f"{name} is not a whole number", value)
    return int(found)


def moment(value: Value, name: str, earliest: datetime, now: datetime) -> datetime:
    """Read a time from `earliest` to one day after `now`: ISO 8601, or Unix seconds or milliseconds.

    A time without an offset is taken as UTC; the offset written is kept, for the date at that place may matter.
    """
    found = parse_moment(required_text(value, name, 1_000))
    if found is None:
        raise RowError(f"{name} is not a time", value)
    return within(found, name, earliest, now)


def within(found: datetime, name: str, earliest: datetime, now: datetime) -> datetime:
    """Return a time that lies between `earliest` and one day after `now`; refuse another."""
    if found > now + MAX_AHEAD:
        raise RowError(f"{name} lies in the future", found.isoformat())
    if found < earliest:
        raise RowError(f"{name} lies before {earliest:%Y-%m-%d}", found.isoformat())
    return found


def parse_moment(written: str) -> datetime | None:
    """Read ISO 8601 or Unix time; None where it is neither, or no time that UTC can express."""
    try:
        if _UNIX.fullmatch(written):
            return datetime.fromtimestamp(float(written), UTC)
        if _UNIX_MILLISECONDS.fullmatch(written):
            return datetime.fromtimestamp(int(written) / 1_000, UTC)
        found = datetime.fromisoformat(written)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found
