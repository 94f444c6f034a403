"""The command `demo`: what it says, and how a follower ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = "from ops.cli import main; main(prog_name='insitechart')"
PATIENCE = 60.0


def command(url: str, *words: str) -> list[str]:
    """The command line, in a process of its own."""
    return [sys.executable, "-c", PROGRAM, "demo", "--days", "1", "--database-url", url, *words]


def alive(process_id: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(what: str, log: Path) -> None:
    """Wait until a text stands in a file."""
    ends = time.monotonic() + PATIENCE
    while what not in log.read_text():
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.1)


def test_it_says_what_it_added_and_the_second_time_that_nothing_was_missing(plain_database_url: str) -> None:
    """One line on standard error; nothing with --top-up."""
    first = subprocess.run(command(plain_database_url), capture_output=True, text=True, timeout=60, check=True)
    assert "demo data: 500 stocks, 12,000 bars and" in first.stderr
    again = subprocess.run(command(plain_database_url), capture_output=True, text=True, timeout=60, check=True)
    assert "0 stocks, 0 bars" in again.stderr
    quiet = subprocess.run(
        command(plain_database_url, "--top-up"), capture_output=True, text=True, timeout=60, check=True
    )
    assert "demo data:" not in quiet.stdout + quiet.stderr


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes end")
def test_a_follower_ends_with_a_signal(plain_database_url: str, tmp_path: Path) -> None:
    """SIGTERM ends it with exit code 0, well before its next minute."""
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command(plain_database_url, "--follow"), stdout=output, stderr=output) as child,
    ):
        try:
            wait_for("demo_loaded", log)
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=PATIENCE) == 0
        finally:
            child.kill()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes end")
def test_a_follower_ends_with_its_parent(plain_database_url: str, tmp_path: Path) -> None:
    """Nobody has to clean up after a starting process that was killed."""
    log = tmp_path / "log"
    starter = (
        "import subprocess, sys, time; log = open(sys.argv[1], 'w');"
        "print(subprocess.Popen(sys.argv[2:], stdout=log, stderr=log).pid, flush=True); time.sleep(600)"
    )
    words = [sys.executable, "-c", starter, str(log), *command(plain_database_url, "--follow")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        try:
            wait_for("demo_loaded", log)
            assert alive(child)
            parent.kill()
            ends = time.monotonic() + PATIENCE
            while alive(child):
                assert time.monotonic() < ends
                time.sleep(0.1)
        finally:
            parent.kill()
            if alive(child):
                os.kill(child, signal.SIGKILL)
