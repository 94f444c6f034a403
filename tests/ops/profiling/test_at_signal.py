"""SIGUSR2 to a process at work: it goes on working, and leaves a flame graph of itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.profiling.at_signal import KEPT
from tests.ops.embedded.users import ROOT, eventually

_SCRIPT = """
import asyncio, sys
from pathlib import Path
from ops import logs
from ops.profiling.at_signal import recording_at_signal
from ops.settings import Settings

def work_hard():
    return sum(range(20_000))

async def main():
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("ready", flush=True)
    asked = asyncio.create_task(reader.readline())
    while True:
        work_hard()
        await asyncio.sleep(0)
        if asked.done():
            if not asked.result():
                return
            print("answered", flush=True)
            asked = asyncio.create_task(reader.readline())

logs.configure(readable=True)
with recording_at_signal(Settings(data_dir=Path(sys.argv[1])), "worker", int(sys.argv[2])):
    asyncio.run(main())
"""


class Worker:
    """A process that works, and answers lines."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.log = log

    def answers(self) -> bool:
        """Whether it answers a line."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("are you there?\n")
        self.process.stdin.flush()
        return self.process.stdout.readline() == "answered\n"

    def told(self, event: str) -> int:
        """How often its log tells of an event."""
        return self.log.read_text().count(f" {event} ")

    def py_spy(self) -> int:
        """The process that records this one."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        (pid,) = (int(pid) for task in tasks for pid in (task / "children").read_text().split())
        return pid

    def ask(self) -> None:
        """Send the signal."""
        os.kill(self.process.pid, signal.SIGUSR2)


def samples(py_spy: int) -> bool:
    """Whether it has found its way through the process, and slept between samples for a hundred times."""
    switches = Path(f"/proc/{py_spy}/status").read_text().partition("\nvoluntary_ctxt_switches:")[2]
    return int(switches.split()[0]) >= 100


@contextmanager
def worker(folder: Path, seconds: int, **variables: str) -> Iterator[Worker]:
    """Run one; at the end it is told to leave, and has to."""
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(folder), str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True, cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables},
        )  # fmt: skip
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield Worker(process, log)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(30) == 0
        finally:
            process.kill()


def flames(folder: Path) -> list[Path]:
    """The files in the folder of profiles."""
    return sorted((folder / "profiles").iterdir()) if (folder / "profiles").exists() else []


def test_a_signal_records_while_the_work_goes_on(tmp_path: Path) -> None:
    """The loop answers meanwhile; a second signal is told that one is under way; later ones are served again."""
    with worker(tmp_path, 1) as one:
        one.ask()
        assert eventually(lambda: one.told("profile_started") == 1)
        py_spy = one.py_spy()
        os.kill(py_spy, signal.SIGSTOP)  # so that it is under way for as long as that takes
        one.ask()
        assert one.answers()
        assert eventually(lambda: one.told("profile_refused") == 1)
        assert "one is under way" in one.log.read_text()
        assert one.told("profile_recorded") == 0
        os.kill(py_spy, signal.SIGCONT)
        assert eventually(lambda: one.told("profile_recorded") == 1)
        (file,) = flames(tmp_path)
        assert file.name.endswith(f"-worker-{one.process.pid}.svg")
        assert str(file) in one.log.read_text()
        assert "work_hard" in file.read_text()
        one.ask()
        assert eventually(lambda: one.told("profile_started") == 2)


def test_a_storm_of_signals_makes_no_storm_of_threads(tmp_path: Path) -> None:
    """However fast they come, one thread records and one refuses; the process answers, and records again later."""
    with worker(tmp_path, 1) as one:
        most = 0
        for number in range(100_000):
            one.ask()
            if number % 100 == 0:
                most = max(most, len(list(Path(f"/proc/{one.process.pid}/task").iterdir())))
        assert one.answers()
        assert most <= 10, "threads that have refused may still be ending; without a bound there were fifty"
        assert one.told("profile_refused") > 0
        assert eventually(lambda: one.told("profile_recorded") == one.told("profile_started") > 0)


def test_a_process_that_ends_keeps_what_was_seen(tmp_path: Path) -> None:
    """The recording is cut short, and holds up nothing for its full time."""
    with worker(tmp_path, 3_600) as one:
        one.ask()
        assert eventually(lambda: one.told("profile_started") == 1)
        assert eventually(lambda: samples(one.py_spy()))
    (file,) = flames(tmp_path)
    assert "work_hard" in file.read_text()


def test_a_signal_changes_nothing_where_it_is_switched_off(tmp_path: Path) -> None:
    """It ends nothing either, as it would by itself."""
    with worker(tmp_path, 1, INSITECHART_PROFILE_SIGNAL="false") as one:
        one.ask()
        assert eventually(lambda: one.told("profile_refused") == 1)
        assert "INSITECHART_PROFILE_SIGNAL is false" in one.log.read_text()
        assert one.answers()
    assert flames(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_a_line_in_the_log(tmp_path: Path) -> None:
    """And the work goes on."""
    (tmp_path / "profiles").touch()
    with worker(tmp_path, 1) as one:
        one.ask()
        assert eventually(lambda: one.told("profile_failed") == 1)
        assert one.answers()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_py_spy_that_is_killed_or_frozen_holds_nothing_up(tmp_path: Path, number: signal.Signals) -> None:
    """The process goes on, and ends when it should; no half of a file is left, and no process."""
    with worker(tmp_path, 3_600) as one:
        one.ask()
        assert eventually(lambda: one.told("profile_started") == 1)
        py_spy = one.py_spy()
        os.kill(py_spy, number)
        assert one.answers()
        if number == signal.SIGKILL:
            assert eventually(lambda: one.told("profile_failed") == 1)
    assert one.told("profile_failed") == 1
    assert flames(tmp_path) == []
    assert not Path(f"/proc/{py_spy}").exists()


@pytest.mark.parametrize("there", [KEPT, KEPT + 5])
def test_old_flame_graphs_make_room(tmp_path: Path, there: int) -> None:
    """The folder never holds more than so many; the newest stay."""
    (tmp_path / "profiles").mkdir()
    for number in range(there):
        (tmp_path / "profiles" / f"20200101T{number:06d}-serve-1.svg").touch()
    with worker(tmp_path, 1) as one:
        one.ask()
        assert eventually(lambda: one.told("profile_recorded") == 1)
    assert len(flames(tmp_path)) == KEPT
    assert f"T{there - 1:06d}" in flames(tmp_path)[-2].name
