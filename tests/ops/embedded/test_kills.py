"""kill -9 of each process in turn: the servers come back, or the next start does, with all data."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from ops.embedded import servers
from tests.ops.embedded.users import (
    User,
    answers,
    ask,
    eventually,
    keeper_pid,
    recorded_pid,
    server_processes,
    stopped,
)

Start = Callable[[Path], User]


def test_a_killed_postmaster_comes_back_while_in_use(data_dir: Path) -> None:
    """The keeper starts it again, and recovery finds every committed row."""
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        url = str(endpoints.database_url)
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        killed = recorded_pid(data_dir, "postgres")
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: answers(url) and recorded_pid(data_dir, "postgres") != killed)
        assert ask(url, "SELECT answer FROM kept") == 42
    assert stopped(data_dir)


def test_a_killed_back_end_does_not_end_the_server(data_dir: Path) -> None:
    """PostgreSQL restarts its own children; the keeper does not interfere."""
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        url = str(endpoints.database_url)
        postmaster = recorded_pid(data_dir, "postgres")
        victim = next(pid for pid in server_processes(data_dir, "postgres") if pid != postmaster)
        os.kill(victim, signal.SIGKILL)
        assert eventually(lambda: answers(url))
        assert recorded_pid(data_dir, "postgres") == postmaster


def test_a_killed_valkey_comes_back_while_in_use(data_dir: Path) -> None:
    """The keeper starts it again, and its append-only file has every write."""
    with servers(data_dir, postgres=False, valkey=True) as endpoints:
        with Redis.from_url(str(endpoints.redis_url)) as client:
            client.set("kept", "42")
        killed = recorded_pid(data_dir, "valkey")
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: _answers_again(endpoints.redis_url, data_dir, killed))
        with Redis.from_url(str(endpoints.redis_url)) as client:
            assert client.get("kept") == b"42"


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_killed_keeper_disturbs_nobody(data_dir: Path, user: Start, name: str) -> None:
    """Users go on with the running server, the last one stops it, and the next start works."""
    survivor = user(data_dir)
    url, _ = survivor.urls()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    running = recorded_pid(data_dir, name)
    os.kill(keeper_pid(data_dir, name), signal.SIGKILL)
    newcomer = user(data_dir)
    assert newcomer.urls()[0] == url
    assert recorded_pid(data_dir, name) == running
    assert newcomer.leave() == 0
    assert survivor.leave() == 0
    assert eventually(lambda: stopped(data_dir))
    with servers(data_dir, postgres=True, valkey=True):
        assert ask(url, "SELECT answer FROM kept") == 42


def test_a_keeper_killed_with_its_only_user_leaves_servers_that_the_next_start_adopts(
    data_dir: Path, user: Start
) -> None:
    """Nobody was there to stop the pair; whoever comes next uses it, and stops it."""
    killed = user(data_dir)
    killed.urls()
    for name in ("postgres", "valkey"):
        os.kill(keeper_pid(data_dir, name), signal.SIGKILL)
    killed.kill()
    running = recorded_pid(data_dir, "postgres")
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        assert recorded_pid(data_dir, "postgres") == running
        assert answers(str(endpoints.database_url))
    assert stopped(data_dir)


def test_everything_killed_at_once_blocks_nothing(data_dir: Path, user: Start) -> None:
    """As after the end of a container: the next start recovers all of it."""
    killed = user(data_dir)
    ask(killed.urls()[0], "CREATE TABLE kept AS SELECT 42 AS answer")
    _kill_all(killed, data_dir)
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        assert ask(str(endpoints.database_url), "SELECT answer FROM kept") == 42


@pytest.mark.parametrize("taken_by", ["stranger", "zombie"])
def test_a_process_id_that_others_have_now_blocks_nothing(data_dir: Path, user: Start, taken_by: str) -> None:
    """Files left behind may name a stranger or a zombie; neither counts as the server."""
    victim = user(data_dir)
    victim.urls()
    _kill_all(victim, data_dir)
    zombie = subprocess.Popen(["true"])
    try:
        assert eventually(lambda: _state(zombie.pid) == "Z")
        pid = zombie.pid if taken_by == "zombie" else os.getpid()
        left = data_dir / "postgres" / "data" / "postmaster.pid"
        for path in (left, data_dir / "postgres" / "run" / ".s.PGSQL.5432.lock"):
            path.write_text("\n".join([str(pid), *path.read_text().splitlines()[1:]]) + "\n")
        (data_dir / "valkey" / "run" / "valkey.pid").write_text(f"{pid}\n")
        with servers(data_dir, postgres=True, valkey=True) as endpoints:
            assert answers(str(endpoints.database_url))
    finally:
        zombie.wait()


def test_a_kill_during_the_very_first_start_blocks_nothing(data_dir: Path) -> None:
    """A cluster counts only when it is complete; a half-made one is made anew."""
    half = data_dir / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        assert answers(str(endpoints.database_url))
    assert not half.exists()


def test_a_deleted_data_folder_ends_the_servers(data_dir: Path, user: Start) -> None:
    """Servers without their files would be of no use, and their locks would be nobody's."""
    user(data_dir).urls()
    processes = [*server_processes(data_dir, "postgres"), *server_processes(data_dir, "valkey")]
    shutil.rmtree(data_dir, ignore_errors=True)
    assert eventually(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in processes))


def _answers_again(url: str | None, data_dir: Path, killed: int) -> bool:
    """Whether another process has taken over: its id is on disk before it takes connections."""
    try:
        with Redis.from_url(str(url)) as client:
            return bool(client.ping()) and recorded_pid(data_dir, "valkey") != killed
    except (OSError, IndexError, RedisConnectionError):
        return False


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _kill_all(victim: User, data_dir: Path) -> None:
    keepers = [keeper_pid(data_dir, name) for name in ("postgres", "valkey")]
    for pid in [*keepers, *server_processes(data_dir, "postgres"), *server_processes(data_dir, "valkey")]:
        os.kill(pid, signal.SIGKILL)
    victim.kill()
