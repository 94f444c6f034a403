"""Processes to look into: one that works in a function of a known name, one that waits, one that is no Python."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

WORKING = "work_hard"
_SCRIPT = f"""
import time
def {WORKING}(seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        sum(range(1000))
print("ready", flush=True)
{WORKING}({{seconds}})
"""
WAITING = "print('ready', flush=True); import time; time.sleep(60)"


@contextmanager
def python(script: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script that says when it is ready; kill it at the end."""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def working(seconds: float = 60.0) -> str:
    """Return a script that works for some seconds."""
    return _SCRIPT.replace("{seconds}", str(seconds))
