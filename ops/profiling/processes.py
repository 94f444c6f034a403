"""Which processes of this project run on this machine, and as what."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROGRAM: Final = "insitechart"
_MODULE: Final = "ops.cli"
_ROLES: Final = ("serve", "work", "collect", "demo")
_URL: Final = re.compile(r"(\w+://)(?:.*@)?([^?#]*).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Running:
    """A process: `role` is its command, or what it is among the children of one, as `scorer`.

    `arguments` are those of its command, without what URLs may hold of users and secrets. `data_dir` is the data folder
    that it was started with.
    """

    pid: int
    role: str
    arguments: str
    data_dir: Path

    @property
    def text(self) -> str:
        """One line for a person."""
        return f"{self.pid}  {self.role:8} {self.arguments}  (data in {self.data_dir})"


def running(system: Path = Path("/proc")) -> list[Running]:
    """Return this project's processes that last, by process id; where there is no /proc, none."""
    pids = sorted(int(entry.name) for entry in system.iterdir() if entry.name.isdecimal()) if system.exists() else []
    return [found for pid in pids if pid != os.getpid() and (found := _seen(system / str(pid), pid)) is not None]


def _seen(process: Path, pid: int) -> Running | None:
    """Return what a process is, if it is one of ours and can be looked at."""
    try:
        words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
        ours = _arguments(words)
        if ours is None or (role := _role(ours)) is None:
            return None
        folder = (process / "cwd").readlink()
        variables = dict(_variables((process / "environ").read_bytes()))
    except OSError:
        return None
    named = _value(ours, "--data-dir") or variables.get("INSITECHART_DATA_DIR") or ".insitechart"
    return Running(pid, role, " ".join(_URL.sub(r"\1\2", word) for word in ours), folder / named)


def _arguments(words: Sequence[str]) -> list[str] | None:
    """Return the arguments of `insitechart`, where a command line is one: started by its script or as a module."""
    for place, word in enumerate(words[:3]):
        if Path(word).name == _PROGRAM or (word == _MODULE and place and words[place - 1] == "-m"):
            return list(words[place + 1 :])
    return None


def _role(arguments: Sequence[str]) -> str | None:
    command = next((word for word in arguments if word in _ROLES), None)
    if command == "demo" and "--follow" not in arguments:
        return None
    return _value(arguments, "--role") or command


def _value(arguments: Sequence[str], flag: str) -> str | None:
    for place, word in enumerate(arguments):
        if word == flag and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith(f"{flag}="):
            return word.partition("=")[2]
    return None


def _variables(environment: bytes) -> Iterator[tuple[str, str]]:
    for entry in environment.decode(errors="replace").split("\0"):
        name, _, value = entry.partition("=")
        yield name, value
