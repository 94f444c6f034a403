"""A process that ends with the one that started it."""

import os
import signal
import subprocess
import sys

import pytest

from tests.ops.embedded.users import PATIENCE_SECONDS, ROOT

CHILD = """
import signal, sys
from ops.cli.parent import end_with_parent
signal.signal(signal.SIGTERM, lambda *_: (print("told", flush=True), sys.exit()))
end_with_parent()
print("ready", flush=True)
signal.pause()
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_killed_parent_ends_its_child_in_order() -> None:
    """After kill -9 of the parent, which can pass nothing on, the child gets SIGTERM: it would hold the port else."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    try:
        parent.kill()
        said, _ = parent.communicate(timeout=PATIENCE_SECONDS)  # returns when the child, too, has let the pipe go
    except subprocess.TimeoutExpired:
        os.killpg(parent.pid, signal.SIGKILL)
        raise
    assert said == "told\n"
