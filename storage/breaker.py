"""A circuit breaker: while the database cannot be reached, requests fail at once instead of queueing for it."""

from collections.abc import Callable
from typing import ClassVar

import structlog

from ops.errors import Unavailable

_log = structlog.get_logger()


class Breaker:
    """Opens after consecutive failures to connect; each pause later, one caller may try (half-open)."""

    FAILURES: ClassVar[int] = 3
    PAUSE: ClassVar[float] = 0.5

    def __init__(self, clock: Callable[[], float], of: str = "database") -> None:
        self._clock = clock
        self._of = of
        self.failures = 0
        """How often in a row no connection could be made."""
        self._retry_at = 0.0
        self.open = False
        """Whether callers are turned away."""

    def admit(self) -> None:
        """Let the caller connect, or raise `Unavailable`; whoever is let through an open breaker is the one trial."""
        if not self.open:
            return
        now = self._clock()
        if now < self._retry_at:
            raise Unavailable(f"The {self._of} is unreachable.")
        self._retry_at = now + self.PAUSE

    def failed(self) -> None:
        """Note a failure to connect."""
        self.failures += 1
        self._retry_at = self._clock() + self.PAUSE
        if self.failures == self.FAILURES:
            self.open = True
            _log.warning(f"{self._of}_breaker_opened", failures=self.failures)

    def succeeded(self) -> None:
        """Note a connection that worked."""
        if self.open:
            _log.info(f"{self._of}_breaker_closed", failures=self.failures)
        self.open = False
        self.failures = 0
