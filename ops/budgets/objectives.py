"""The objectives of a stage, as they are asked for by those who measure, judge, draw and warn."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Stage = Literal["mvp", "beta", "ga"]

OPERATION = "operation:"
"""What the name of an operation's own objective begins with."""

JUDGED_KINDS = ("query", "mutation", "event")
"""The kinds of operations that objectives are about; a subscription lasts as long as its client likes."""


class BudgetsError(ValueError):
    """The file of the objectives cannot be used; the message names the file, the key, and what would be right."""


class Objective(msgspec.Struct, frozen=True):
    """`share` of what `name` stands for, in (0, 1), is over within `seconds`.

    Names are `operations`, `statements`, `cache_calls`, `external_calls`, and `operation:NAME` for a document with a
    budget of its own.
    """

    name: str
    seconds: float
    share: float

    @property
    def percentile(self) -> str:
        """The share as `p90` has it."""
        return f"p{self.share * 100:g}"


class Budgets(msgspec.Struct, frozen=True):
    """All objectives of the stage that holds, and the edges of the histograms that show whether they do.

    `objectives` begin with the four of the whole service, then follow those of operations, by name. `edges` has the
    upper bounds of buckets, in seconds and ascending, by the names of those four; `operations` is for all operations.
    """

    stage: Stage
    objectives: tuple[Objective, ...]
    edges: Mapping[str, tuple[float, ...]]
    own_seconds: Mapping[str, float]
    """The budgets of operations that have one of their own, by the names of their documents."""
    default_seconds: float
    """The stage's budget of an operation without one of its own."""

    def operation_seconds(self, name: str | None) -> float:
        """Return the seconds that an operation may take: its own budget, or the stage's for all others."""
        return self.own_seconds.get(name, self.default_seconds) if name is not None else self.default_seconds

    def objective(self, name: str) -> Objective:
        """Return the objective of that name; raises KeyError for any other."""
        for each in self.objectives:
            if each.name == name:
                return each
        raise KeyError(name)
