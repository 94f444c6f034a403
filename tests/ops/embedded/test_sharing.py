"""Who starts the servers, who joins, and who stops them."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from redis import Redis

from ops.embedded import servers
from ops.embedded.identity import place_for
from tests.ops.embedded.users import User, answers, ask, eventually, recorded_pid, server_processes, stopped

Start = Callable[[Path], User]


def test_servers_serve_and_stop_with_their_only_user(data_dir: Path) -> None:
    """Both servers answer inside the block, and no process of theirs is left after it."""
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        assert endpoints.database_url is not None
        assert endpoints.redis_url is not None
        assert ask(endpoints.database_url, "SELECT current_setting('jit')") == "off"
        with Redis.from_url(endpoints.redis_url) as client:
            assert client.ping()
    assert stopped(data_dir)


def test_data_outlives_the_servers(data_dir: Path) -> None:
    """What was written in one run is read in the next."""
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        ask(str(endpoints.database_url), "CREATE TABLE kept AS SELECT 42 AS answer")
        with Redis.from_url(str(endpoints.redis_url)) as client:
            client.set("kept", "42")
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        assert ask(str(endpoints.database_url), "SELECT answer FROM kept") == 42
        with Redis.from_url(str(endpoints.redis_url)) as client:
            assert client.get("kept") == b"42"


def test_one_server_can_be_had_without_the_other(data_dir: Path) -> None:
    """A command that needs only PostgreSQL starts no Valkey."""
    with servers(data_dir, postgres=True, valkey=False) as endpoints:
        assert endpoints.redis_url is None
        assert not server_processes(data_dir, "valkey")


def test_processes_share_one_pair_and_the_last_stops_it(data_dir: Path, user: Start) -> None:
    """Users that start at once get the same servers; those go on until the last user leaves."""
    users = [user(data_dir) for _ in range(4)]
    urls = {each.urls() for each in users}
    assert len(urls) == 1
    postmaster = recorded_pid(data_dir, "postgres")
    for each in users[:-1]:
        assert each.leave() == 0
    assert recorded_pid(data_dir, "postgres") == postmaster
    assert answers(urls.pop()[0])
    assert users[-1].leave() == 0
    assert stopped(data_dir)


def test_a_newcomer_during_the_stop_gets_running_servers(data_dir: Path, user: Start) -> None:
    """Leaving and joining at the same moment, over and over, never strands the newcomer."""
    for _ in range(5):
        leaving = user(data_dir)
        leaving.urls()
        leaving.process.stdin.close() if leaving.process.stdin else None
        with servers(data_dir, postgres=True, valkey=True) as endpoints:
            assert answers(str(endpoints.database_url))
        leaving.process.stdin = None
        assert leaving.leave() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_a_user_that_a_signal_ends_leaves_no_server(data_dir: Path, user: Start, number: signal.Signals) -> None:
    """However its only user ends, the pair stops."""
    ended = user(data_dir)
    ended.urls()
    ended.kill(number)
    assert eventually(lambda: stopped(data_dir))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_servers_of_root_run_without_roots_rights(data_dir: Path, user: Start) -> None:
    """Started by root, each server has a user and group id of its own, and so have its files."""
    user(data_dir).urls()
    for name in ("postgres", "valkey"):
        status = Path(f"/proc/{recorded_pid(data_dir, name)}/status").read_text()
        ids = {
            line.split()[0]: set(line.split()[1:])
            for line in status.splitlines()
            if line.startswith(("Uid", "Gid", "Groups"))
        }
        assert not (ids["Uid:"] | ids["Gid:"] | ids["Groups:"]) & {"0"}
        assert (data_dir / name / "data").stat().st_uid == int(ids["Uid:"].pop())


@pytest.mark.skipif(os.geteuid() != 0, reason="others can reach what they own")
def test_root_below_a_private_folder_gets_another_place(private_data_dir: Path) -> None:
    """In a clone below /root the servers live elsewhere; no parent folder's mode is changed."""
    with servers(private_data_dir, postgres=True, valkey=True) as endpoints:
        assert answers(str(endpoints.database_url))
        assert place_for(private_data_dir) != private_data_dir
    assert private_data_dir.parent.stat().st_mode & 0o777 == 0o700


def test_strangers_are_kept_out(data_dir: Path) -> None:
    """The sockets stand in folders for their owner alone, there is no TCP port, and a password is asked for."""
    with servers(data_dir, postgres=True, valkey=True) as endpoints:
        url = str(endpoints.database_url)
        assert ask(url, "SELECT current_setting('listen_addresses')") == ""
        for name in ("postgres", "valkey"):
            assert (data_dir / name / "run").stat().st_mode & 0o077 == 0
        assert (data_dir / "postgres" / "password").stat().st_mode & 0o077 == 0
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(url.replace(":", ":x", 2).replace("postgresql:x", "postgresql:", 1), "SELECT 1")


def test_a_long_path_gets_its_sockets_elsewhere(data_dir: Path) -> None:
    """The kernel's limit on socket paths does not limit where a clone may stand."""
    deep = data_dir / ("d" * 60) / ("e" * 60)
    with servers(deep, postgres=True, valkey=True) as endpoints:
        assert answers(str(endpoints.database_url))
