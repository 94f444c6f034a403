"""Commands whose streams are closed or full: whoever started them minds, and the work goes on."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.bench.processes import free_port, listens
from tests.ops.embedded.users import PATIENCE_SECONDS, ROOT, eventually

_COMMAND = f'exec "{sys.executable}" -m ops.cli'


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-", "<&- >&- 2>&-"])
def test_a_server_that_cannot_tell_serves(plain_database_url: str, streams: str) -> None:
    """Its banner and its log are lost; it answers, and stops as it should."""
    port = free_port()
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"{_COMMAND} serve --port {port} {streams}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "INSITECHART_DATABASE_URL": plain_database_url},
    )
    try:
        assert eventually(lambda: process.poll() is not None or listens(port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE_SECONDS) as answer:
            assert answer.status == 200
        for number in (0, 1, 2):  # a socket there would be written to by whoever writes to a stream
            assert not str(Path(f"/proc/{process.pid}/fd/{number}").readlink()).startswith("socket:")
        process.send_signal(signal.SIGTERM)
        # 120 is Python's, for what could not be written at the very end.
        assert process.wait(PATIENCE_SECONDS) == (120 if "full" in streams else 0)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("streams", ["2>&-", "<&- 2>&-"])
def test_a_command_needs_only_the_stream_that_it_answers_on(streams: str) -> None:
    """What is closed is opened to nothing; exit codes are the same."""
    told = subprocess.run(
        ["/bin/sh", "-c", f"{_COMMAND} --version {streams}"],
        cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert told.stdout.startswith(b"insitechart ")
    wrong = subprocess.run(["/bin/sh", "-c", f"{_COMMAND} nosuch {streams}"], cwd=ROOT, check=False, timeout=60)
    assert wrong.returncode == 2
