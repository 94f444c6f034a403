"""Flame graphs of running processes, by py-spy: from outside, by process id, or by a signal to the process itself.

py-spy reads the other process's memory and does not pause it, unless stacks of C code are wanted as well.
"""

from ops.profiling.errors import CannotProfile
from ops.profiling.recording import Recorded, Recorder, Wanted

__all__ = ["CannotProfile", "Recorded", "Recorder", "Wanted"]
