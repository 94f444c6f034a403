"""The servers of a bench: each in a process of its own on one core, its CPU time read from the kernel."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, sleep

from tests.bench.load_client import Order, Tally
from tests.bench.machine import ROOT

SERVER_CORE, CLIENT_CORE = 0, 1
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server that listens on a port of this machine."""

    name: str
    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its threads so far, in seconds."""
        return cpu_seconds(self.pid)

    def resident_mib(self) -> float:
        """Return the memory that it holds, in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1_024
        raise ProcessLookupError(self.pid)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process' threads, in seconds; to the nanosecond where the kernel counts so."""
    nanoseconds = 0
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            nanoseconds += int((thread / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return nanoseconds / 1e9


@contextmanager
def served(name: str, command: list[str], environment: Mapping[str, str], port: int = 0) -> Iterator[Served]:
    """Run a server; it says where it listens as `http://127.0.0.1:PORT`, unless the port is given."""
    with TemporaryFile() as output, TemporaryFile() as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **environment},
            cwd=ROOT,
            stdout=printed,
            stderr=output,
            preexec_fn=_on_the_servers_core,  # noqa: PLW1509 - this process has one thread
        )
        try:
            deadline = monotonic() + _START_SECONDS
            while True:
                output.seek(0)
                said = output.read()
                if process.poll() is not None or monotonic() > deadline:
                    raise SystemExit(f"{name} did not start: {said.decode(errors='replace')[-3_000:]}")
                if not port and (found := re.search(rb"http://127\.0\.0\.1:(\d+)", said)):
                    port = int(found[1])
                if port and listens(port):
                    break
                sleep(0.05)
            yield Served(name, process.pid, port)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _on_the_servers_core() -> None:
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, {sorted(cores)[SERVER_CORE]})


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def load(server: Served, requests: list[tuple[str, int]], connections: int, seconds: float) -> Tally:
    """Send requests from a client process of its own, on the other core where there is one."""
    cores = sorted(os.sched_getaffinity(0))
    core = cores[CLIENT_CORE] if len(cores) > 1 else None
    order = Order(server.port, requests, connections, seconds, core)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load_client"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=seconds + 60,
    )
    if done.returncode:
        raise SystemExit(f"asking {server.name}: {done.stderr.strip()[-3_000:]}")
    return Tally(**json.loads(done.stdout))
