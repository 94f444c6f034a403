"""Which lines are looked at, in time: `--since` and `--until`, as instants or as lengths before now."""

import re
from datetime import UTC, datetime, timedelta

import msgspec

_LENGTH = re.compile(r"([0-9]{1,9})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class BadMoment(ValueError):
    """A text that names no instant, or a window that ends before it begins."""


class Window(msgspec.Struct, frozen=True):
    """The lines from `since` on and before `until`; None leaves an end open. `now` is when the question was asked."""

    now: datetime
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.since >= self.end:
            end = "--until" if self.until is not None else "now"
            raise BadMoment(f"--since {self.since:%Y-%m-%dT%H:%M:%SZ} is not before {end}")

    @property
    def end(self) -> datetime:
        """Where the window ends, at the latest."""
        return self.until or self.now


def moment(text: str, now: datetime) -> datetime:
    """Return the instant that `1h`, `30m` or `2d` lie before now, or that an ISO 8601 text names; UTC unless it says.

    Raises BadMoment.
    """
    try:
        if (length := _LENGTH.fullmatch(text.strip())) is not None:
            return now - timedelta(**{_UNITS[length[2]]: int(length[1])})
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadMoment(
            f"'{text}' is no time: expected is a length before now as 30m, 1h or 2d (s, m, h, d, w), "
            "or an instant as 2026-11-23 or 2026-11-23T14:00:00Z"
        ) from error
