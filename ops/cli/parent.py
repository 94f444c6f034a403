"""Ending with the process that started this one, however that ended."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1  # from linux/prctl.h; see prctl(2)


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM at the moment the parent process ends, `kill -9` included. Only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
