"""What a job is: a name, an interval, and work that may be done twice without harm."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ops.metrics import Metrics, make_metrics
from ops.settings import Settings
from storage.database import Database
from storage.jobs import Taken
from storage.redis import RedisState


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What jobs work with."""

    database: Database
    redis: RedisState
    settings: Settings
    metrics: Metrics = field(default_factory=make_metrics)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, where the next one goes on, and whether that is to be at once."""

    summary: str
    position: Mapping[str, Any] = field(default_factory=dict)
    again: bool = False


Work = Callable[[Surroundings, Taken], Awaitable[Outcome]]
"""One run. It is cancelled when the lease is lost or the process stops, and what it left undone comes again."""


@dataclass(frozen=True, slots=True)
class Job:
    """`every` and `most` in seconds: from one due time to the next, and what one run may take."""

    name: str
    every: int
    work: Work
    most: float = 300.0
