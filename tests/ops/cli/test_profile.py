"""`insitechart profile`: a server is looked into while it answers, and whatever stands in the way is told."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops.cli import exits, main, profile
from ops.profiling.processes import Running
from tests.ops.cli.test_serve import Serve, serve
from tests.ops.embedded.users import ROOT, eventually
from tests.ops.profiling.busy import WORKING, python, working

__all__ = ["serve"]
SECONDS = 120.0


def test_a_server_answers_while_it_is_looked_into(serve: Serve, tmp_path: Path) -> None:
    """Requests that come during the recording are answered, and the file shows the server's own functions."""
    server = serve("--no-demo", "--no-work")
    server.url()
    file = tmp_path / "flame.svg"
    command = ["-m", "ops.cli", "profile", "--pid", str(server.process.pid), "--seconds", "6", "--output", str(file)]
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as looking:
        answered = 0
        while looking.poll() is None:
            assert server.ask(f"{{ stocks(first: {1 + answered % 99}) {{ totalCount }} }}") is not None
            answered += 1
        told, _ = looking.communicate(timeout=SECONDS)
    assert looking.returncode == exits.DONE
    assert answered > 0
    assert told.startswith(f"{file}: ")
    assert "uvicorn" in file.read_text()
    assert server.ask("{ __typename }") == {"__typename": "Query"}


def test_a_server_survives_the_signal(serve: Serve, data_dir: Path) -> None:
    """It answers on, and stops at once though the recording would take longer; what was seen is in its data folder."""
    server = serve("--no-demo", "--no-work")
    server.url()
    server.process.send_signal(signal.SIGUSR2)
    assert eventually(lambda: "profile_started" in server.log.read_text())
    assert server.ask("{ __typename }") == {"__typename": "Query"}
    assert server.stop(signal.SIGINT) == exits.DONE
    assert "-serve-" in server.log.read_text()
    assert {file.suffix for file in (data_dir / "profiles").iterdir()} <= {".svg"}


def test_ctrl_c_keeps_what_was_seen(tmp_path: Path) -> None:
    """An interrupt is how a recording ends early, and no failure."""
    file = tmp_path / "flame.txt"
    with python(working()) as process:
        command = ["-m", "ops.cli", "profile", "--pid", str(process.pid), "--seconds", "3600", "--output", str(file)]
        with subprocess.Popen([sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True) as looking:
            assert looking.stderr is not None
            assert "looking at process" in looking.stderr.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                looking.wait(3)
            looking.send_signal(signal.SIGINT)
            assert looking.wait(SECONDS) == exits.DONE
    assert WORKING in file.read_text()


def seen(monkeypatch: pytest.MonkeyPatch, *roles: str) -> None:
    """Let such processes run."""
    found = [Running(1_000_000_000 + place, role, role, Path("/data")) for place, role in enumerate(roles)]
    monkeypatch.setattr(profile, "running", lambda: found)


def test_nobody_to_look_at_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is a choice that nobody can be asked for; the list says who there is."""
    seen(monkeypatch)
    result = CliRunner().invoke(main, ["profile"])
    assert result.exit_code == exits.USAGE
    assert "name one with --pid" in result.output
    seen(monkeypatch, "serve", "serve", "scorer")
    result = CliRunner().invoke(main, ["profile"])
    assert result.exit_code == exits.USAGE
    assert result.output.count("(data in /data)") == 3


def test_of_several_servers_that_of_the_data_folder_is_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another checkout's server is nobody's meaning here, and is not named beside it."""
    folders = (tmp_path / "theirs", tmp_path / "ours", tmp_path / "ours")
    found = [
        Running(1_000_000_000 + place, role, role, folder)
        for place, (role, folder) in enumerate(zip(("serve", "serve", "scorer"), folders, strict=True))
    ]
    monkeypatch.setattr(profile, "running", lambda: found)
    words = ["--data-dir", str(tmp_path / "ours"), "profile", "--output", str(tmp_path / "flame.svg")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == exits.FAILED
    assert "there is no process 1000000001" in result.output
    assert [line.split()[:2] for line in result.output.splitlines()[:2]] == [
        ["profiling", "1000000001"],
        ["beside", "it"],
    ]
    assert "theirs" not in result.output


def test_a_file_of_another_kind_is_refused_at_once() -> None:
    """As wrong usage, and before anybody is asked for a process."""
    result = CliRunner().invoke(main, ["profile", "--output", "flame.png"])
    assert result.exit_code == exits.USAGE
    assert "flame.png: the name is expected to end in .svg, .json, .txt" in result.output


@pytest.mark.parametrize(("roles", "chosen"), [(("serve", "work", "scorer"), 0), (("scorer",), 0)])
def test_the_one_server_is_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, roles: tuple[str, ...], chosen: int
) -> None:
    """Beside its own workers, which are named; or whatever runs alone. Here it has ended meanwhile."""
    seen(monkeypatch, *roles)
    result = CliRunner().invoke(main, ["profile", "--output", str(tmp_path / "flame.svg")])
    assert result.exit_code == exits.FAILED
    assert f"there is no process {1_000_000_000 + chosen}" in result.output
    assert result.output.count("beside it") == len(roles) - 1
