"""A point in time by which a wait must end, shared by everything one operation does."""

import asyncio
from dataclasses import dataclass
from typing import Self

from ops.errors import DeadlineExceeded


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is in seconds of the event loop's clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Make the deadline that many seconds from now."""
        return cls(asyncio.get_running_loop().time() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, above 0; raise `DeadlineExceeded` when none are."""
        left = self.at - asyncio.get_running_loop().time()
        if left <= 0:
            raise DeadlineExceeded("The operation ran out of time.")
        return left
