"""What this machine offers, and the PostgreSQL settings that fit it.

One function sizes PostgreSQL for the embedded server (a slice of the machine) and for an operator's own server (all
of it). Sources: PostgreSQL's manual, "Resource Consumption" and "Query Planning"; its wiki's "Tuning Your Server".
"""

import os
import resource
from dataclasses import dataclass, replace
from pathlib import Path

MIB = 1024 * 1024
GIB = 1024 * MIB
SLOW_STATEMENT_MILLISECONDS = 300

_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes and processor cores that processes here may use."""

    memory: int
    cores: int


def detect() -> Machine:
    """Read the machine's limits, a container's own where they are tighter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _words(_CGROUP / "memory.max")
    if limit and limit[0].isdigit():
        memory = min(memory, int(limit[0]))
    cores = len(os.sched_getaffinity(0))
    quota = _words(_CGROUP / "cpu.max")
    if len(quota) == 2 and quota[0].isdigit():  # noqa: PLR2004  quota and period
        cores = min(cores, max(1, round(int(quota[0]) / int(quota[1]))))
    return Machine(memory, cores)


def developer_slice(machine: Machine) -> Machine:
    """Return the part of a machine that an embedded server may take: a quarter of the memory, 4 GiB at most."""
    return replace(machine, memory=min(machine.memory // 4, 4 * GIB))


def descriptor_limits() -> tuple[int, int]:
    """Return how many files and sockets this process may have open: now, and at most."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)


def postgres_settings(machine: Machine, *, connections: int) -> dict[str, str]:
    """Return postgresql.conf values for a server that has `machine` to itself and serves `connections` clients."""
    shared = max(machine.memory // 4, 16 * MIB)
    # A statement may sort or hash several times at once, in every connection: an eighth of the memory over all.
    work = min(max(machine.memory // 8 // connections, 4 * MIB), 64 * MIB)
    helpers = max(machine.cores, 2)
    return {
        "max_connections": str(connections),
        "shared_buffers": _mebibytes(shared),
        "effective_cache_size": _mebibytes(max(machine.memory * 3 // 4, 64 * MIB)),
        "work_mem": _mebibytes(work),
        "maintenance_work_mem": _mebibytes(min(max(machine.memory // 16, 32 * MIB), 2 * GIB)),
        "autovacuum_work_mem": _mebibytes(min(max(machine.memory // 32, 32 * MIB), 512 * MIB)),
        "wal_compression": "on",
        "max_wal_size": _mebibytes(min(max(machine.memory // 4, 512 * MIB), 8 * GIB)),
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",  # solid-state disks read at random nearly as fast as in order
        "effective_io_concurrency": "64",
        "max_worker_processes": str(helpers + 8),
        "max_parallel_workers": str(helpers),
        "max_parallel_workers_per_gather": str(min(max(helpers // 2, 1), 4)),
        "jit": "off",  # compiling costs more than these short statements take
        "log_min_duration_statement": f"{SLOW_STATEMENT_MILLISECONDS}ms",
        "log_parameter_max_length": "0",  # values of statements are users' data
        "log_lock_waits": "on",
        "log_checkpoints": "on",
        "log_temp_files": "16MB",
        "track_io_timing": "on",
        "idle_in_transaction_session_timeout": "60s",
        "tcp_keepalives_idle": "60s",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }


def render(settings: dict[str, str]) -> str:
    """Write settings as lines of postgresql.conf."""
    quoted = {name: value.replace("'", "''") for name, value in settings.items()}
    return "".join(f"{name} = '{value}'\n" for name, value in quoted.items())


def _mebibytes(size: int) -> str:
    return f"{size // MIB}MB"


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
