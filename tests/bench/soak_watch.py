"""What the processes under a soak hold: from the kernel, from their own metrics, and from PostgreSQL."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncpg
import httpx

_TASKS = re.compile(r"^event_loop_tasks ([0-9.]+)$", re.MULTILINE)
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Watched:
    """A process by its role, and where its metrics are."""

    role: str
    pid: int
    scrape: str

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return Path(f"/proc/{self.pid}").exists()


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process held: memory in MiB, the rest in numbers. A process that did not answer has no tasks."""

    memory: float
    descriptors: float
    threads: float
    tasks: float | None

    @property
    def measures(self) -> dict[str, float]:
        """The measures by name, but those that are not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}


async def sample(watched: Watched, client: httpx.AsyncClient) -> Sample:
    """Look at a process. Raise FileNotFoundError or ProcessLookupError where it has ended."""
    process = Path(f"/proc/{watched.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line)
    return Sample(
        memory=int(status["VmRSS"].split()[0]) / 1_024,
        descriptors=sum(1 for _ in (process / "fd").iterdir()),
        threads=int(status["Threads"]),
        tasks=await _tasks(watched.scrape, client),
    )


async def connections(database_url: str) -> float:
    """Count the connections of all processes to PostgreSQL, but for this one."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        return float(await connection.fetchval(_CONNECTIONS, timeout=10))
    finally:
        await connection.close(timeout=10)


async def _tasks(scrape: str, client: httpx.AsyncClient) -> float | None:
    try:
        answer = await client.get(scrape, timeout=5)
    except httpx.HTTPError:
        return None
    found = _TASKS.search(answer.text)
    return float(found[1]) if found else None
