"""What an analysis finds, as data: printed as tables, or as JSON just as it stands. Times are milliseconds.

Percentiles are exact ones of all lines, interpolated between neighbours.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

Row = TypeVar("Row")


class Listed(msgspec.Struct, Generic[Row], frozen=True):
    """The first rows of a list, and how many rows there `are` in all."""

    rows: tuple[Row, ...]
    are: int


class Errors(msgspec.Struct, frozen=True):
    """Errors of one type: a code of operations, the event of a warning or error, or an external API's status.

    `level` is that of the lines, None for codes and calls. `example` is the id of the newest request concerned.
    """

    type: str
    component: str
    level: str | None
    count: int
    first: datetime
    last: datetime
    example: str | None


class Operations(msgspec.Struct, frozen=True):
    """The operations of one name and kind. `failed`: with errors, or a status from 400 on; `kept`: without a run."""

    name: str | None
    kind: str
    count: int
    failed: int
    kept: int
    p50: float
    p95: float
    p99: float
    longest: float


class SlowStatements(msgspec.Struct, frozen=True):
    """The runs of one statement that took longer than the objective."""

    name: str
    count: int
    p50: float
    p95: float
    longest: float


class Phases(msgspec.Struct, frozen=True):
    """One phase of the operations that passed through it; `total` is the sum of its times."""

    name: str
    count: int
    p50: float
    p95: float
    p99: float
    total: float


class CacheLevel(msgspec.Struct, frozen=True):
    """What one level was asked and had: answers for `responses`, keys for `memory` and `redis`. `rate` is 0 to 1."""

    level: str
    asked: int
    hits: int
    rate: float | None


class ExternalApi(msgspec.Struct, frozen=True):
    """The calls of one API. `errors` have a status of 400 and more, or no answer; `reasons` counts them."""

    api: str
    calls: int
    errors: int
    p50: float
    p85: float
    p99: float
    reasons: Mapping[str, int]
