"""What a bench found: one row for each measured figure, with its target where it has one; as a table and as JSON."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Self

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One figure; `low` and `high` are of the single rounds, whose median `measured` is.

    With `at_most` the target is a bound from above, otherwise from below. Without a target the figure is for
    orientation only.
    """

    group: str
    name: str
    measured: float
    unit: str = ""
    target: float | None = None
    at_most: bool = False
    low: float | None = None
    high: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.measured <= self.target if self.at_most else self.measured >= self.target

    @classmethod
    def of(
        cls,
        group: str,
        name: str,
        rounds: Sequence[float],
        unit: str = "",
        *,
        target: float | None = None,
        at_most: bool = False,
        note: str = "",
    ) -> Self:
        """Make a row of what each round measured."""
        return cls(group, name, median(rounds), unit, target, at_most, min(rounds), max(rounds), note)


def table(rows: Iterable[Row]) -> str:
    """Lay rows out under the names of their groups: figure, range of its rounds, target, verdict."""
    lines: list[str] = []
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            lines += ["", group, "-" * len(group)]
        lines.append(_line(row))
    return "\n".join(line.rstrip() for line in lines)


def _line(row: Row) -> str:
    measured = f"{_figure(row.measured)} {row.unit}"
    spread = "" if row.low is None or row.high is None else f"{_figure(row.low)}..{_figure(row.high)}"
    target = "" if row.target is None else f"{'<=' if row.at_most else '>='} {row.target:g}"
    verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
    return f"  {row.name:58} {measured:>18}  {spread:>19}  {target:>8}  {verdict:7}  {row.note}"


def _figure(value: float) -> str:
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 1_000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def summary(rows: Sequence[Row]) -> str:
    """Count the targets, and name those that were missed."""
    judged = [row for row in rows if row.met is not None]
    missed = [row for row in judged if not row.met]
    lines = [f"{len(judged) - len(missed)} of {len(judged)} targets met"]
    lines += [f"  not met: {row.group}: {row.name}" for row in missed]
    return "\n".join(lines)
