"""`insitechart serve` as a process: it starts everything, says where, and stops all of it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.cli.demo_process import DemoData
from ops.settings import Settings
from tests.ops.embedded.users import PATIENCE_SECONDS, ROOT, ask, eventually, recorded_pid, stopped

Serve = Callable[..., "Server"]


class Server:
    """A serving process; `url` waits for the banner."""

    def __init__(self, log: Path, *flags: str) -> None:
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ops.cli", "serve", "--port", "0", *flags],
                stderr=file,
                cwd=ROOT,
                env={"PATH": os.environ["PATH"]},
            )

    def url(self) -> str:
        """Wait until it serves."""
        assert eventually(lambda: "Stop " in self.log.read_text() or self.process.poll() is not None)
        found = re.search(r"InsiteChart +(http\S+)", self.log.read_text())
        assert found, self.log.read_text()
        return found[1]

    def ask(self, query: str) -> object:
        """Send one GraphQL query and return its data."""
        request = urllib.request.Request(  # noqa: S310  our own http URL
            f"{self.url()}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:  # noqa: S310  our own http URL
            return json.load(response)["data"]

    def stop(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def serve(data_dir: Path, tmp_path: Path) -> Iterator[Serve]:
    """Start servers on a data folder of the test's own; what still runs at the end is killed."""
    started: list[Server] = []

    def start(*flags: str) -> Server:
        started.append(Server(tmp_path / f"serve-{len(started)}.log", "--data-dir", str(data_dir), *flags))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything_with_a_client_connected(
    serve: Serve, data_dir: Path, number: signal.Signals
) -> None:
    """Open connections do not hold it up; a service that was asked to stop has not failed."""
    server = serve("--no-demo")
    host, port = server.url().removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as idle:
        idle.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        assert server.stop(number) == 0, server.log.read_text()
    assert stopped(data_dir)
    assert "Traceback" not in server.log.read_text()


def test_a_killed_server_blocks_nothing(serve: Serve, data_dir: Path) -> None:
    """After kill -9 the servers stop by themselves, and the next start serves."""
    serve("--no-demo").url()
    serve("--no-demo").url()
    first = serve("--no-demo")
    first.url()
    first.stop(signal.SIGKILL)
    assert serve("--no-demo").ask("{ stocks(first: 1) { totalCount } }") == {"stocks": {"totalCount": 0}}


def test_a_killed_postmaster_is_an_outage_that_ends(serve: Serve, data_dir: Path) -> None:
    """The API answers again without being restarted."""
    server = serve("--no-demo")
    query = "{ stocks(first: 1) { totalCount } }"
    assert server.ask(query) == {"stocks": {"totalCount": 0}}
    os.kill(recorded_pid(data_dir, "postgres"), signal.SIGKILL)
    assert eventually(lambda: _answer(server, query) == {"stocks": {"totalCount": 0}})


def test_a_taken_port_is_told_before_anything_starts(data_dir: Path, tmp_path: Path) -> None:
    """The message says which address and what to do; no server was started for nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = Server(tmp_path / "log", "--data-dir", str(data_dir), "--port", port)
        assert server.process.wait(PATIENCE_SECONDS) == 69
    assert f"127.0.0.1:{port}" in server.log.read_text()
    assert "--port" in server.log.read_text()
    assert not data_dir.exists()


def test_production_without_a_seal_of_its_own_is_told_before_anything_starts(serve: Serve, data_dir: Path) -> None:
    """Cursors sealed by a public key are no seal; the message names the variable to set."""
    server = serve("--environment", "production")
    assert server.process.wait(PATIENCE_SECONDS) == 2
    assert "INSITECHART_SEAL_KEY: in production set a secret" in server.log.read_text()
    assert not data_dir.exists()


def test_a_named_database_gets_no_demo_data_unasked(plain_database_url: str, redis_url: str, serve: Serve) -> None:
    """Simulated rows never enter somebody's own database by default."""
    server = serve("--database-url", plain_database_url, "--redis-url", redis_url)
    assert server.ask("{ stocks(first: 1) { totalCount } }") == {"stocks": {"totalCount": 0}}
    assert "what the database holds" in server.log.read_text()
    assert server.stop(signal.SIGTERM) == 0


def test_demo_data_is_for_an_embedded_database_without_other_data(plain_database_url: str) -> None:
    """Empty or simulated: yes. Somebody's own stocks, or a named server: only when asked for."""
    settings = Settings.model_validate({"database_url": plain_database_url})

    def chosen(*, embedded: bool, wanted: bool | None = None) -> bool:
        return DemoData(settings, embedded=embedded, wanted=wanted).child(live=False) is not None

    assert chosen(embedded=True)
    assert not chosen(embedded=True, wanted=False)
    assert not chosen(embedded=False)
    assert chosen(embedded=False, wanted=True)
    ask(plain_database_url, "INSERT INTO stocks (symbol, name) VALUES ('OWN', 'Own Inc.')")
    assert not chosen(embedded=True)
    assert chosen(embedded=True, wanted=True)
    ask(plain_database_url, "INSERT INTO feeds (feed, newest_at) VALUES ('demo', now())")
    assert chosen(embedded=True)


def _answer(server: Server, query: str) -> object:
    try:
        return server.ask(query)
    except urllib.error.HTTPError as error:
        if error.code != 503:  # nothing but "not now" may come while the database is away
            raise
        return None
