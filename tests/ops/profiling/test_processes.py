"""Which processes are ours: by their command lines, in all the ways in which they are started."""

from pathlib import Path

import pytest

from ops.profiling.processes import running


@pytest.fixture
def processes(tmp_path: Path) -> Path:
    """A /proc with nobody in it."""
    folder = tmp_path / "proc"
    (folder / "sys").mkdir(parents=True)
    return folder


def add(processes: Path, pid: int, *words: str, environ: bytes = b"PATH=/bin\0") -> None:
    """Let a process run in the folder /srv."""
    process = processes / str(pid)
    process.mkdir()
    (process / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))
    (process / "environ").write_bytes(environ)
    (process / "cwd").symlink_to("/srv")


def test_servers_workers_and_collectors_are_found(processes: Path) -> None:
    """Started by the script or as a module; children by their role; each with its data folder."""
    add(processes, 10, "/venv/bin/python", "/venv/bin/insitechart", "serve", "--port", "80")
    add(processes, 11, "python", "-m", "ops.cli", "work", "--role", "scorer", environ=b"INSITECHART_DATA_DIR=/data\0")
    add(processes, 9, "python", "-m", "ops.cli", "--data-dir=/given", "collect", environ=b"INSITECHART_DATA_DIR=/d\0")
    add(processes, 12, "python", "-m", "ops.cli", "demo", "--top-up", "--follow")
    assert [(each.pid, each.role, str(each.data_dir)) for each in running(processes)] == [
        (9, "collect", "/given"),
        (10, "serve", "/srv/.insitechart"),
        (11, "scorer", "/data"),
        (12, "demo", "/srv/.insitechart"),
    ]


def test_others_are_not(processes: Path) -> None:
    """Short commands of ours, editors of our files, and processes that end while they are looked at."""
    add(processes, 1, "init")
    add(processes, 2, "vim", "serve", "ops.cli")
    add(processes, 3, "python", "-m", "ops.cli", "queues")
    add(processes, 4, "python", "-m", "ops.cli", "demo")
    add(processes, 5)
    (processes / "6").mkdir()
    assert running(processes) == []


def test_a_system_without_proc_has_none_that_can_be_seen(tmp_path: Path) -> None:
    """Which is told as such; a process id can be named all the same."""
    assert running(tmp_path / "proc") == []


def test_secrets_among_the_arguments_are_not_told(processes: Path) -> None:
    """Of a URL the server and the path are left: neither user nor password, whatever it is made of, nor a query."""
    database, redis = "postgresql://me:p@ss/w#rd@db:5432/stocks?password=hidden", "--redis-url=redis://:hidden@cache/0"
    add(processes, 10, "python", "insitechart", "serve", "--database-url", database, redis)
    (found,) = running(processes)
    assert found.arguments == "serve --database-url postgresql://db:5432/stocks --redis-url=redis://cache/0"
