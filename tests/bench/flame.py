"""Where a server's time goes, by room: py-spy samples it under load, and stacks are counted.

A room's *self* share are samples whose innermost Python frame is the room's; C code counts for whoever calls it. Its
*total* share are samples with any frame of it. py-spy counts a thread that waits for its core as running, so whatever
else runs on that core falsifies the shares of system calls.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.machine import ROOT
from tests.bench.processes import Served, load
from tests.bench.same_answers import Expected

ROOMS = ("graph/compiled", "graph", "resolvers", "loaders", "storage", "ops", "tests")
_FRAME = re.compile(r"(?P<function>.+) \((?P<file>.+?)(:\d+)?\)$")
_PACKAGE = re.compile(r"(?:site|dist)-packages/([^/]+)")
_RATE = 250


@dataclass(frozen=True, slots=True)
class Flame:
    """Samples of one server: shares of rooms and of functions, from 0 to 1, and the stacks themselves."""

    samples: int
    own: dict[str, float]
    total: dict[str, float]
    functions: list[tuple[str, float, float]]
    folded: str

    def text(self, most: int = 25) -> str:
        """Lay the shares out as text."""
        lines = [f"{self.samples:,} samples", f"{'room':28} {'self':>7} {'total':>7}"]
        lines += [
            f"{room:28} {share:7.1%} {self.total[room]:7.1%}"
            for room, share in sorted(self.own.items(), key=lambda item: -item[1])
        ]
        lines += ["", f"{'function':60} {'self':>7} {'total':>7}"]
        lines += [f"{name[:60]:60} {own:7.1%} {total:7.1%}" for name, own, total in self.functions[:most]]
        return "\n".join(lines)


def sampled(server: Served, requests: Expected, seconds: float = 6.0, connections: int = 4) -> Flame:
    """Sample a server while it is asked. SystemExit where py-spy may not look into the process."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        file = Path(folder) / "folded"
        asking = pool.submit(load, server, requests, connections, seconds + 1.5)
        program = Path(sys.executable).with_name("py-spy")
        options = ["--duration", f"{seconds:g}", "--rate", str(_RATE), "--format", "raw", "--output", str(file)]
        command = [str(program), "record", "--pid", str(server.pid), "--nonblocking", "--full-filenames", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        asking.result()
        if not file.exists():
            raise SystemExit(f"py-spy could not look into process {server.pid}: {done.stderr.strip()[-1_000:]}")
        return counted(file.read_text().splitlines())


def counted(folded: Iterable[str]) -> Flame:
    """Count folded stacks, `frame;frame;frame count`, outermost frame first."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    own_of: Counter[str] = Counter()
    total_of: Counter[str] = Counter()
    kept = []
    for line in folded:
        stack, _, number = line.rpartition(" ")
        frames = [_frame(frame) for frame in stack.split(";")]
        if not any(room not in {"idle", "python"} for room, _ in frames):
            continue
        weight = int(number)
        kept.append(f"{';'.join(name for _, name in frames)} {weight}")
        own[frames[-1][0]] += weight
        own_of[frames[-1][1]] += weight
        for room in {room for room, _ in frames}:
            total[room] += weight
        for name in {name for _, name in frames}:
            total_of[name] += weight
    samples = sum(own.values())
    functions = [(name, weight / samples, total_of[name] / samples) for name, weight in own_of.most_common()]
    shares = {room: total[room] / samples for room in total}
    return Flame(samples, {room: own[room] / samples for room in total}, shares, functions, "\n".join(kept))


def _frame(text: str) -> tuple[str, str]:
    """Return a frame's room (or package) and its name."""
    found = _FRAME.match(text)
    if found is None:
        return "python", text
    function, path = found["function"], found["file"]
    if package := _PACKAGE.search(path):
        return package[1].removesuffix(".py"), f"{package[1].removesuffix('.py')}: {function}"
    path = path.removeprefix(f"{ROOT}/")
    for room in ROOMS:
        if path.startswith(f"{room}/"):
            return room, f"{path}: {function}"
    return "python", f"{Path(path).name}: {function}"
