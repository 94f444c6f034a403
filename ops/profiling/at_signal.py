"""A process that records a flame graph of itself when it is sent SIGUSR2: for 30 seconds, into its data folder.

A child process does the work and a thread waits for it, so that neither the event loop nor a request does.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread, current_thread
from types import FrameType
from typing import Final

import structlog

from ops.profiling.errors import CannotProfile
from ops.profiling.recording import Recorded, Recorder, Wanted
from ops.settings import Settings

NUMBER: Final = signal.SIGUSR2
SECONDS: Final = 30
KEPT: Final = 20
"""Flame graphs that stay in the folder; the oldest go."""
_TICK_SECONDS: Final = 0.2
_END_SECONDS: Final = 1.5
_HOUR: Final = 3_600.0
_PR_SET_PTRACER: Final = 0x59616D61  # from linux/prctl.h; see prctl(2)
_log = structlog.get_logger()


@contextmanager
def recording_at_signal(settings: Settings, role: str, seconds: int = SECONDS) -> Iterator[None]:
    """While the block runs, SIGUSR2 starts a recording, named by `role`; for the main thread alone.

    Without it the signal would end the process; a setting that switches recordings off makes it a line in the log. A
    recording under way when the block ends is cut short, and what it has is kept.
    """
    recording = _Recording((settings.data_dir / "profiles").absolute(), role, seconds, on=settings.profile_signal)
    previous = signal.signal(NUMBER, recording.asked)
    try:
        yield
    finally:
        signal.signal(NUMBER, signal.SIG_IGN)
        recording.end()
        signal.signal(NUMBER, previous)


class _Recording:
    def __init__(self, folder: Path, role: str, seconds: int, *, on: bool) -> None:
        self._folder = folder
        self._role = role
        self._seconds = seconds
        self._on = on
        self._under_way = Lock()
        self._refusing = Lock()
        self._ending = Event()
        self._thread: Thread | None = None

    def asked(self, _number: int, _frame: FrameType | None) -> None:
        """Start a thread and nothing more: the code that the signal interrupts may hold the log's lock.

        There is one that records and one that refuses at most, however fast signals come; nothing is raised, for it
        would be raised in whatever the process is doing.
        """
        if self._on and self._under_way.acquire(blocking=False):
            _start(self._record, self._under_way)
        elif self._refusing.acquire(blocking=False):
            _start(self._refuse, self._refusing)

    def end(self) -> None:
        """Cut a recording short."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(2 * _END_SECONDS)

    def _refuse(self) -> None:
        reason = "one is under way" if self._on else "INSITECHART_PROFILE_SIGNAL is false"
        _log.warning("profile_refused", reason=reason)

    def _record(self) -> None:
        self._thread = current_thread()
        try:
            recorded = self._recorded()
        except CannotProfile as refusal:
            _log.warning("profile_failed", reason=str(refusal))
        except OSError as error:
            _log.warning("profile_failed", reason=f"{type(error).__name__}: {error}")
        else:
            _log.info("profile_recorded", file=str(recorded.output), samples=recorded.samples, errors=recorded.errors)

    def _recorded(self) -> Recorded:
        self._folder.mkdir(parents=True, exist_ok=True)
        _make_room(self._folder)
        file = self._folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{self._role}-{os.getpid()}.svg"
        with _open_to_own_children():
            recorder = Recorder(Wanted(os.getpid(), file, self._seconds))
            _log.info("profile_started", file=str(file), seconds=self._seconds)
            return self._outcome(recorder)

    def _outcome(self, recorder: Recorder) -> Recorded:
        """Wait for the end, in short steps so that the process's own end is seen; every wait has one of its own."""
        for _ in range(int(recorder.most_seconds / _TICK_SECONDS)):
            if (recorded := recorder.wait(_TICK_SECONDS)) is not None:
                return recorded
            if self._ending.is_set():
                break
        recorder.stop()
        if (recorded := recorder.wait(_END_SECONDS)) is not None:
            return recorded
        recorder.kill()
        raise CannotProfile("py-spy did not come to an end, and was ended")


def _start(work: Callable[[], None], held: Lock) -> None:
    """Do work on a thread of its own, and release what is held for it at the end."""

    def run() -> None:
        try:
            work()
        finally:
            held.release()

    try:
        Thread(target=run, name="flame graph", daemon=True).start()
    except (RuntimeError, RecursionError) as error:  # no more threads, or no more stack
        held.release()
        with suppress(OSError):
            os.write(2, f"no flame graph: {error}\n".encode())  # the log's lock may be held


@contextmanager
def _open_to_own_children() -> Iterator[None]:
    """Let the children of this process look into it, which Yama's ptrace_scope 1 forbids otherwise."""
    if sys.platform != "linux":
        yield
        return
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_PTRACER, ctypes.c_ulong(os.getpid()), 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_PTRACER, 0, 0, 0, 0)


def _make_room(folder: Path) -> None:
    """Remove the oldest flame graphs, whose names begin with the time, and what was left unfinished long ago."""
    for old in sorted(folder.glob("[0-9]*.svg"))[: -(KEPT - 1)]:
        with suppress(OSError):  # another process of this folder makes room as well
            old.unlink()
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if part.lstat().st_mtime < time.time() - _HOUR:
                part.unlink()
