"""One answer of an API, read whole: status, headers, body."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import TypeVar

import msgspec

from ingest.sources.failures import Malformed

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self, shape: type[Shape]) -> Shape:
        """Decode the body as JSON of a shape; raise Malformed, naming the place, where it does not fit."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            kind = self.headers.get("content-type", "no content type").partition(";")[0]
            raise Malformed(f"HTTP {self.status}, {len(self.body)} bytes of {kind}: {error}") from None

    def number(self, header: str) -> float | None:
        """Return a header that holds a finite number of at least 0, whole or not; None without one."""
        try:
            value = float(self.headers[header])
        except (KeyError, ValueError):
            return None
        return value if isfinite(value) and value >= 0 else None

    @property
    def date(self) -> datetime | None:
        """The server's clock, as its Date header tells it; None without one that can be read."""
        return self._date("date")

    def wait_after(self, now: datetime) -> float | None:
        """Return the seconds of Retry-After, which holds seconds or a date (RFC 9110, 10.2.3); None without one."""
        seconds = self.number("retry-after")
        if seconds is not None or "retry-after" not in self.headers:
            return seconds
        until = self._date("retry-after")
        return None if until is None else max(0.0, (until - (self.date or now)).total_seconds())

    def _date(self, header: str) -> datetime | None:
        try:
            date = parsedate_to_datetime(self.headers[header])
            return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
        except (KeyError, ValueError, OverflowError):  # year, hour or zone beyond all calendars
            return None
