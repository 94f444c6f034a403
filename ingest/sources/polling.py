"""A poll is one thing that a source reads again and again; each repeats until its source stops, or is led elsewhere.

A poll that fails says so in the log and goes on: soon at first, then after ever longer pauses, and never before the
API allows it. One poll's failure never holds up another's.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from ingest.sources.failures import SourceFailure
from ops.errors import PublicError
from storage.intake_stream import IntakeFull

LONGEST_PAUSE: Final = 600.0
_FIRST_PAUSE: Final = 30.0  # or the poll's interval, if that is shorter
_MOST_DOUBLINGS: Final = 10
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
    """How a run went: None for well, else why not; `pause` is in seconds, what the failure asks for at least."""

    problem: str | None = None
    pause: float = 0.0


async def run_once(poll: Poll) -> Outcome:
    """Run a poll; a failure is logged and told, whatever it is: the other polls must go on."""
    try:
        await poll.run()
    except SourceFailure as failure:
        problem, pause = f"{type(failure).__name__}: {failure}", failure.pause
        _log.warning("poll_failed", poll=poll.name, kind=type(failure).__name__, reason=str(failure))
    except IntakeFull as full:
        problem, pause = str(full), 0.0
        _log.warning("poll_failed", poll=poll.name, kind="IntakeFull", reason=problem)
    except PublicError as error:
        problem, pause = error.message, 0.0
        _log.warning("poll_failed", poll=poll.name, kind=error.code, reason=problem)
    except Exception as error:  # noqa: BLE001  a mistake of ours in one poll must not end the others
        problem, pause = f"unexpected {type(error).__name__}", 0.0
        _log.error("poll_broken", poll=poll.name, exc_info=error)
    else:
        return Outcome()
    return Outcome(problem, pause)


async def repeat(poll: Poll) -> None:
    """Run a poll until cancelled."""
    failures = 0
    while True:
        outcome = await run_once(poll)
        if outcome.problem is None:
            failures, pause = 0, poll.every
        else:
            pause = min(min(poll.every, _FIRST_PAUSE) * 2**failures, LONGEST_PAUSE)
            failures = min(failures + 1, _MOST_DOUBLINGS)
        await asyncio.sleep(max(pause, outcome.pause))
