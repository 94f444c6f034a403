"""A poll is one thing that a source reads again and again; each repeats until its source stops, or is led elsewhere.

A poll that fails says so in the log and goes on: soon at first, then after ever longer pauses, and never before the
API allows it. One poll's failure never holds up another's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from ingest.sources.failures import SourceFailure
from ops.components import component_of
from ops.errors import Internal, PublicError
from storage.intake_stream import IntakeFull

LONGEST_PAUSE: Final = 600.0
_FIRST_PAUSE: Final = 30.0  # or the poll's interval, if that is shorter
_MOST_DOUBLINGS: Final = 10
INTERNAL: Final = Internal.code
_log = structlog.get_logger()


class Poll(Protocol):
    """`name` is also its checkpoint's, or starts it; `every` is in seconds."""

    @property
    def name(self) -> str:
        """Tell what is read."""

    @property
    def every(self) -> float:
        """Tell how many seconds lie between two runs."""

    async def run(self) -> None:
        """Read what is new and publish it. Raise SourceFailure, IntakeFull or Unavailable; then run again later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went: None for well, else why not; `pause` is in seconds, what the failure asks for at least.

    `kind` and `component` are the failure's in the metrics: a code or the name of an exception, and where it arose.
    """

    problem: str | None = None
    pause: float = 0.0
    kind: str = field(default="", compare=False)
    component: str = field(default="", compare=False)


async def run_once(poll: Poll) -> Outcome:
    """Run a poll; a failure is logged and told, whatever it is: the other polls must go on."""
    try:
        await poll.run()
    except SourceFailure as failure:
        kind = type(failure).__name__
        _log.warning("poll_failed", poll=poll.name, kind=kind, reason=str(failure))
        return Outcome(f"{kind}: {failure}", failure.pause, kind, "external")
    except IntakeFull as full:
        _log.warning("poll_failed", poll=poll.name, kind="IntakeFull", reason=str(full))
        return Outcome(str(full), 0.0, "IntakeFull", "intake")
    except PublicError as error:
        _log.warning("poll_failed", poll=poll.name, kind=error.code, reason=error.message)
        return Outcome(error.message, 0.0, error.code, component_of(error.code))
    except Exception as error:  # noqa: BLE001  a mistake of ours in one poll must not end the others
        _log.error("poll_broken", poll=poll.name, exc_info=error)
        return Outcome(f"unexpected {type(error).__name__}", 0.0, INTERNAL, "intake")
    return Outcome()


async def repeat(poll: Poll, notice: Callable[[Outcome], None] = lambda _: None) -> None:
    """Run a poll until cancelled; `notice` hears how each run went."""
    failures = 0
    while True:
        outcome = await run_once(poll)
        notice(outcome)
        if outcome.problem is None:
            failures, pause = 0, poll.every
        else:
            pause = min(min(poll.every, _FIRST_PAUSE) * 2**failures, LONGEST_PAUSE)
            failures = min(failures + 1, _MOST_DOUBLINGS)
        await asyncio.sleep(max(pause, outcome.pause))
