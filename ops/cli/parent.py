"""Ending with the process that started this one, however that ended."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # from linux/prctl.h; see prctl(2)


def end_with_parent(parent: int | None = None) -> None:
    """Ask the kernel for SIGTERM at the moment the parent process ends, `kill -9` included. Only Linux can.

    `parent` is the process id of whoever started this one: where that has ended already, of which the kernel tells no
    more, this process ends here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent is not None and os.getppid() != parent:
        raise SystemExit
