"""A circuit breaker per API: after failures in a row it is left alone, then one call tries (half-open)."""

from collections.abc import Callable

import structlog

from ingest.sources.failures import CircuitOpen

_log = structlog.get_logger()


class Circuit:
    """Opens after `failures` in a row, for `pause` seconds of `clock`."""

    def __init__(self, api: str, clock: Callable[[], float], failures: int = 5, pause: float = 30.0) -> None:
        self._api = api
        self._clock = clock
        self._most = failures
        self._pause = pause
        self._failures = 0
        self._retry_at = 0.0

    def admit(self) -> None:
        """Let a call through, or raise CircuitOpen; whoever is let through an open circuit is the one trial."""
        if self._failures < self._most:
            return
        left = self._retry_at - self._clock()
        if left > 0:
            raise CircuitOpen(f"left alone after {self._failures} failures in a row", left)
        self._retry_at = self._clock() + self._pause

    def failed(self) -> None:
        """Note a call that got no sound answer."""
        self._failures += 1
        self._retry_at = self._clock() + self._pause
        if self._failures == self._most:
            _log.warning("source_circuit_opened", api=self._api, failures=self._failures, pause_seconds=self._pause)

    def succeeded(self) -> None:
        """Note a call that got an answer, a refusal included: somebody is there."""
        if self._failures >= self._most:
            _log.info("source_circuit_closed", api=self._api, failures=self._failures)
        self._failures = 0
