"""A data folder of the test's own, with everything that runs on it ended afterwards."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.embedded.identity import place_for
from tests.ops.embedded.users import PROGRAMS, User, eventually, server_processes, stopped


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that an unprivileged server can reach, as in a clone below /home or /srv."""
    folder = Path(tempfile.mkdtemp(prefix="insitechart-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "data"
    _end_everything(folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def private_data_dir(tmp_path: Path) -> Iterator[Path]:
    """A folder that only its owner can reach, as in a clone below /root."""
    tmp_path.chmod(0o700)
    folder = tmp_path / "data"
    yield folder
    _end_everything(folder)
    shutil.rmtree(place_for(folder), ignore_errors=True)


@pytest.fixture
def user() -> Iterator[Callable[[Path], User]]:
    """Start processes that use the servers of a folder; those still there at the end are killed."""
    started: list[User] = []

    def start(folder: Path) -> User:
        started.append(User(folder))
        return started[-1]

    yield start
    for each in started:
        if each.process.returncode is None:
            each.kill()


def _end_everything(folder: Path) -> None:
    eventually(lambda: stopped(folder))
    for name in PROGRAMS:
        for pid in server_processes(folder, name):
            os.kill(pid, signal.SIGKILL)
