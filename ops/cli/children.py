"""Child processes of one command: started again when they die, ended together, gone when their parent is."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from ops.settings import Settings

_ROOT: Final = Path(__file__).resolve().parents[2]
_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 15.0
_STEADY_SECONDS: Final = 30.0
"""A child that lived this long did not die of its start: the next pause is the first again."""
_log = structlog.get_logger()


class Children:
    """Keeps children alive until `stop`, then ends them within the drain deadline.

    They get the servers by environment and not by flags: every user of the machine can read a process's arguments.
    """

    def __init__(self, settings: Settings, stop: asyncio.Event) -> None:
        self._grace = settings.deadlines.drain
        self._stop = stop
        self._alive: set[Process] = set()
        urls = {"INSITECHART_DATABASE_URL": settings.database_url, "INSITECHART_REDIS_URL": settings.redis_url}
        named = {name: url.get_secret_value() for name, url in urls.items() if url is not None}
        self._environment = {**os.environ, **named, "PYTHONPATH": str(_ROOT)}

    async def keep(self, name: str, arguments: list[str], variables: Mapping[str, str]) -> None:
        """Run `insitechart` with some arguments and variables until the stop, again and again if need be."""
        loop, deaths = asyncio.get_running_loop(), 0
        while not self._stop.is_set():
            begun = loop.time()
            child = await self._start(arguments, variables)
            _log.info("child_started", child=name, pid=child.pid)
            self._alive.add(child)
            try:
                ended = await self._ended(child)
            finally:
                self._alive.discard(child)
            if ended:
                deaths = 1 if loop.time() - begun >= _STEADY_SECONDS else deaths + 1
                pause = min(_FIRST_PAUSE * 2**deaths, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
                _log.warning("child_died", child=name, pid=child.pid, code=child.returncode, pause=round(pause, 2))
                await self._rest(pause)
            else:
                await self._end(name, child)

    def send(self, number: int) -> None:
        """Pass a signal on to every child."""
        for child in self._alive:
            with suppress(ProcessLookupError):
                child.send_signal(number)

    async def _start(self, arguments: list[str], variables: Mapping[str, str]) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ops.cli", *arguments, "--parent", str(os.getpid()),
            env={**self._environment, **variables}, stdin=DEVNULL,
            start_new_session=True,  # Ctrl-C reaches it through this process only
        )  # fmt: skip

    async def _ended(self, child: Process) -> bool:
        """Wait for the child's end or the stop; tell whether the child ended first."""
        ending, stopping = asyncio.create_task(child.wait()), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return ending.done() and not self._stop.is_set()
        finally:
            for task in (ending, stopping):
                task.cancel()
            await asyncio.wait({ending, stopping})

    async def _end(self, name: str, child: Process) -> None:
        """End a child: what it has in hand stays pending if it takes too long."""
        with suppress(ProcessLookupError):
            child.terminate()
        try:
            async with asyncio.timeout(self._grace):
                await child.wait()
        except TimeoutError:
            _log.warning("child_killed", child=name, pid=child.pid, grace=self._grace)
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()
