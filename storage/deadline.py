"""A point in time by which a wait must end, shared by everything one operation does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

from ops.errors import DeadlineExceeded

_ASKED: ContextVar[float | None] = ContextVar("asked", default=None)


@contextmanager
def asked_at(at: float) -> Iterator[None]:
    """Count what is limited inside from `at`, by the event loop's clock: whoever waited before has less time left."""
    token = _ASKED.set(at)
    try:
        yield
    finally:
        _ASKED.reset(token)


def beginning() -> float:
    """Return the instant from which limits count: now, unless the caller waited for something already."""
    at = _ASKED.get()
    return asyncio.get_running_loop().time() if at is None else at


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is in seconds of the event loop's clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Make the deadline that many seconds from now, or from when the caller began to wait."""
        return cls(beginning() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, above 0; raise `DeadlineExceeded` when none are."""
        left = self.at - asyncio.get_running_loop().time()
        if left <= 0:
            raise DeadlineExceeded("The operation ran out of time.")
        return left
