"""Why py-spy could not look into a process, in words that say what to do.

Linux lets a process read another's memory if both belong to one user, or if it has CAP_SYS_PTRACE, as root has it
outside containers; Yama's `ptrace_scope` narrows the former (https://docs.kernel.org/admin-guide/LSM/Yama.html).
"""

import os
from pathlib import Path
from typing import Final

_DENIED: Final = ("permission denied", "operation not permitted")
_SYS_PTRACE: Final = 1 << 19  # CAP_SYS_PTRACE in linux/capability.h
_CONTAINER_MARKS: Final = (".dockerenv", "run/.containerenv", "var/run/secrets/kubernetes.io")
_LAST_LINES: Final = 500
_PER_SCOPE: Final = {
    "1": "kernel.yama.ptrace_scope is 1, which lets processes look into their own children only. Run this as root, set "
    "it to 0 ('sysctl kernel.yama.ptrace_scope=0'), or have the process record itself, by the signal USR2",
    "2": "kernel.yama.ptrace_scope is 2, which leaves that to root: run this as root",
    "3": "kernel.yama.ptrace_scope is 3, under which nobody may until the machine starts anew without it",
}


def reason(pid: int, said: str, system: Path = Path("/")) -> str:
    """Return what stood in the way of looking into a process, from what py-spy said and how the system is set up."""
    process = system / f"proc/{pid}"
    spoken = said.lower()
    if not process.exists():
        return f"there is no process {pid} (any more); without --pid, the running ones are listed"
    if any(each in spoken for each in _DENIED):
        return _not_permitted(pid, system)
    if "python version" in spoken or "is not a python" in spoken:
        return f"process {pid} ({_name(process)}) is no Python process"
    if "no stack counts" in spoken:
        return f"process {pid} was idle all the while, so that there is nothing to show; --idle shows what it waits for"
    if _state(process) in {"T", "t"}:
        return f"process {pid} is stopped: 'kill -CONT {pid}' lets it go on, or leave --native out"
    return f"py-spy could not look into process {pid}: {_told(said)}"


def _not_permitted(pid: int, system: Path) -> str:
    begin = f"not permitted to look into process {pid}"
    contained = os.geteuid() == 0 or any((system / mark).exists() for mark in _CONTAINER_MARKS)
    if contained and not _may_trace(system):
        return (
            f"{begin}: this container lacks SYS_PTRACE. Give it that: 'docker run --cap-add SYS_PTRACE', in a compose "
            f"file 'cap_add: [SYS_PTRACE]', in Kubernetes 'securityContext.capabilities.add: [SYS_PTRACE]'; or have "
            f"the process record itself: 'kill -USR2 {pid}'"
        )
    owner = _owner(system / f"proc/{pid}")
    if owner is not None and owner != os.geteuid():
        return f"{begin}: it belongs to user {owner}. Run this as that user or as root"
    scope = _read(system / "proc/sys/kernel/yama/ptrace_scope")
    if scope in _PER_SCOPE:
        open_it = (
            "" if scope == "3" else " Run this as root, or 'sysctl kernel.yama.ptrace_scope=0' until the next start;"
        )
        own = f" 'kill -USR2 {pid}' has the process record itself" if scope == "1" else ""
        return f"{begin}: {_PER_SCOPE[scope]}.{open_it}{own}".rstrip(";")
    return f"{begin}. Run this as root, or allow it CAP_SYS_PTRACE"


def _may_trace(system: Path) -> bool:
    status = _read(system / "proc/self/status")
    return bool(int(status.partition("CapEff:")[2].split()[0], 16) & _SYS_PTRACE) if "CapEff:" in status else False


def _owner(process: Path) -> int | None:
    words = _read(process / "status").partition("Uid:")[2].split()
    return int(words[1]) if len(words) > 1 else None


def _state(process: Path) -> str:
    return _read(process / "stat").rpartition(")")[2].strip()[:1]


def _name(process: Path) -> str:
    return _read(process / "comm") or "unnamed"


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _told(said: str) -> str:
    """Return what py-spy said, without the stack of its own functions."""
    lines = [line.strip() for line in said.partition("Stack backtrace")[0].splitlines() if line.strip()]
    return "; ".join(lines)[-_LAST_LINES:] or "it did not say why"
