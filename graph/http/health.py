"""Probes: `/livez` says that the process runs, `/readyz` whether it can answer, dependency by dependency."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import structlog
from starlette.types import Receive, Scope, Send

from graph.http.responses import send_json
from ops.errors import MethodNotAllowed, PublicError, Unavailable

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Dependency:
    """`check` raises where the dependency cannot be used; without a required one the process is not ready.

    `without` tells an operator what its absence means.
    """

    name: str
    required: bool
    check: Callable[[], Awaitable[None]]
    without: str


async def livez(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer 200 as long as the event loop turns."""
    _only_reading(scope)
    await send_json(send, {"status": "alive"})


class Readiness:
    """200 when ready or degraded, 503 when a required dependency is missing; each check is bounded in seconds."""

    def __init__(self, dependencies: Sequence[Dependency], seconds: float) -> None:
        self._dependencies = dependencies
        self._seconds = seconds

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Check all dependencies at once and report them."""
        _only_reading(scope)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._report(one)) for one in self._dependencies]
        reports = {one.name: task.result() for one, task in zip(self._dependencies, tasks, strict=True)}
        down = [one for one in self._dependencies if reports[one.name]["status"] != "up"]
        lost = any(one.required for one in down)
        body = {"status": "unavailable" if lost else "degraded" if down else "ready", "dependencies": reports}
        await send_json(send, body, status=Unavailable.status if lost else 200)

    async def _report(self, dependency: Dependency) -> dict[str, object]:
        started = perf_counter()
        reason: str | None = None
        try:
            async with asyncio.timeout(self._seconds):
                await dependency.check()
        except TimeoutError:
            reason = f"No answer within {self._seconds:g} seconds"
        except PublicError as error:
            reason = error.message
        except Exception as error:
            reason = type(error).__name__
            log.warning("readiness_check_failed", dependency=dependency.name, exc_info=error)
        report: dict[str, object] = {
            "status": "down" if reason else "up",
            "milliseconds": round((perf_counter() - started) * 1_000, 1),
        }
        return report | {"reason": reason, "without": dependency.without} if reason else report


def _only_reading(scope: Scope) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        raise MethodNotAllowed("Probes are read by GET", allow="GET, HEAD")
