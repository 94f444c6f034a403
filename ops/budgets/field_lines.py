"""The times of a field path beside its budget, as servers tell them and the command line shows them."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from ops.budgets.edges import quantile

SHARE = 0.9
"""The share that `@budget` is about."""


class FieldLine(Struct, frozen=True):
    """A field path and its times, in milliseconds.

    The budget is the field's own, where the schema has one for `coordinate`, else that of its whole operation; `used`
    is the share of it that the 90th percentile takes. `coordinate` is None where nobody knows which field it is.
    """

    operation: str
    path: str
    coordinate: str | None
    count: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    budget_ms: float
    budget_of: Literal["field", "operation"]
    used: float


def field_line(
    operation: str,
    path: str,
    coordinate: str | None,
    edges: tuple[float, ...],
    counts: tuple[float, ...],
    own: float | None,
    whole: float,
) -> FieldLine:
    """Make the line of a path of its times by bucket, as `quantile` takes them, and of budgets in seconds.

    `own` is the field's own budget, None without one, `whole` that of its operation.
    """
    p50, p90, p99 = (quantile(edges, counts, share) or 0.0 for share in (0.5, SHARE, 0.99))
    budget = whole if own is None else own
    return FieldLine(
        operation,
        path,
        coordinate,
        round(sum(counts)),
        round(p50 * 1_000, 3),
        round(p90 * 1_000, 3),
        round(p99 * 1_000, 3),
        round(budget * 1_000, 3),
        "operation" if own is None else "field",
        round(p90 / budget, 4),
    )


def slowest(lines: Sequence[FieldLine], most: int) -> Sequence[FieldLine]:
    """Return those with the longest 90th percentiles, the slowest first."""
    return sorted(lines, key=lambda one: (-one.p90_ms, one.operation, one.path))[:most]


def worst(lines: Sequence[FieldLine], most: int) -> Sequence[FieldLine]:
    """Return those that use the most of their budgets, the worst first."""
    return sorted(lines, key=lambda one: (-one.used, one.operation, one.path))[:most]
