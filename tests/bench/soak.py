"""`make soak ARGS="--minutes 30"`: a served market under mixed load for a while; does anything grow?

Serves as `insitechart serve` does, with a worker and the running market, and caches so small that they are full soon.
Every few seconds it looks at each process, prints a row a minute, and at the end a verdict; exits 1 where memory,
descriptors, tasks, threads or connections grow, or a process ended.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

import click
import httpx

from ops.cli.ranges import Finite
from ops.profiling.processes import running
from tests.bench.machine import ROOT
from tests.bench.market_data import running_servers
from tests.bench.processes import Served, free_port, listens, served
from tests.bench.soak_load import Load
from tests.bench.soak_verdict import Trend, trend
from tests.bench.soak_watch import Sample, Watched, connections, sample

FOLDER = ROOT / ".insitechart/soak"
ROLES = ("serve", "jobs", "scorer")
_LOOK_SECONDS = 5.0
_START_SECONDS = 120.0
_SMALL = {"INSITECHART_CACHE_ROW_BYTES": "4194304", "INSITECHART_CACHE_RESPONSE_BYTES": "4194304"}


@click.command()
@click.option("--minutes", type=Finite(1, 10_080), default=30, show_default=True, help="How long the load lasts.")
@click.option(
    "--warm-up", type=Finite(0, 10_080), default=5, show_default=True, help="Minutes of it that no verdict is based on."
)
@click.option("--rate", type=Finite(0.1, 1_000), default=20, show_default=True, help="Deeds of clients a second.")
def main(minutes: float, warm_up: float, rate: float) -> None:
    """Soak, and say what grew."""
    if warm_up >= minutes:
        raise click.UsageError("--warm-up: fewer minutes than --minutes are expected; the rest is judged by")
    with running_servers(FOLDER) as (postgres, redis_url):
        url = postgres.url()
        with _serving(url, redis_url) as (server, scrape_port):
            trends, ended = asyncio.run(_soak(server, scrape_port, url, minutes, warm_up, rate))
    click.echo("\n" + "\n".join(each.text for each in trends))
    click.echo("\n".join(f"{role} ended and was started again" for role in ended))
    grown = [each for each in trends if each.grows]
    click.echo(f"{len(grown)} of {len(trends)} measures grow")
    raise SystemExit(1 if grown or ended else 0)


@contextmanager
def _serving(database_url: str, redis_url: str) -> Iterator[tuple[Served, int]]:
    """Serve the simulated market, with a worker; yield where its children's metrics begin, too."""
    port = free_port()
    shutil.rmtree(FOLDER / "data", ignore_errors=True)
    environment = {
        "INSITECHART_DATABASE_URL": database_url,
        "INSITECHART_REDIS_URL": redis_url,
        "INSITECHART_DATA_DIR": str(FOLDER / "data"),
        "INSITECHART_METRICS_PORT": str(port),
        **_SMALL,
    }
    for command in ("migrate", "demo"):  # which may take longer than a start
        subprocess.run(
            [sys.executable, "-m", "ops.cli", command], env={**os.environ, **environment}, cwd=ROOT, check=True
        )
    with served("soak", ["tests.bench.soak_server", "serve", "--port", "0", "--demo", "--work"], environment) as server:
        yield server, port


async def _soak(
    server: Served, scrape_port: int, database_url: str, minutes: float, warm_up: float, rate: float
) -> tuple[list[Trend], list[str]]:
    """Load and look; return the trend of each measure, and the processes that did not live through it."""
    stop, load = asyncio.Event(), Load("127.0.0.1", server.port, rate)
    watched = await _found(server, scrape_port)
    seen: dict[tuple[str, str], list[tuple[float, float]]] = {}
    begun, told = monotonic(), 0
    loading = asyncio.create_task(load.run(stop))
    async with httpx.AsyncClient() as client:
        while (minute := (monotonic() - begun) / 60) < minutes and not loading.done():
            samples = {}
            for one in watched:
                with suppress(FileNotFoundError, ProcessLookupError):
                    samples[one.role] = await sample(one, client)
            for role, each in samples.items():
                for name, value in each.measures.items():
                    seen.setdefault((role, name), []).append((minute, value))
            links = await connections(database_url)
            seen.setdefault(("database", "connections"), []).append((minute, links))
            if minute >= told:
                _tell(told, samples, links, load.counts)
                told += 1
            await asyncio.sleep(_LOOK_SECONDS)
    stop.set()
    await loading
    ended = [one.role for one in watched if not one.lives]
    return [_trend(role, name, values, warm_up) for (role, name), values in seen.items() if role not in ended], ended


async def _found(server: Served, scrape_port: int) -> list[Watched]:
    """Wait for the worker's children, and say where each process tells its metrics."""
    ports = {"serve": server.port, "jobs": scrape_port, "scorer": scrape_port + 1}
    async with asyncio.timeout(_START_SECONDS):
        while True:
            ours = {each.role: each.pid for each in running() if each.data_dir == FOLDER / "data"}
            ours["serve"] = server.pid
            if set(ROLES) <= ours.keys() and all(map(listens, ports.values())):
                return [Watched(role, ours[role], f"http://127.0.0.1:{ports[role]}/metrics") for role in ROLES]
            await asyncio.sleep(0.5)


def _trend(role: str, name: str, values: list[tuple[float, float]], warm_up: float) -> Trend:
    kept = [each for each in values if each[0] >= warm_up]
    return trend(role, name, [minute for minute, _ in kept], [value for _, value in kept])


def _tell(minute: int, samples: dict[str, Sample], links: float, counts: Counter[str]) -> None:
    """Print a row, and before the first one what the columns are."""
    if minute == 0:
        click.echo(f"process {os.getpid()} watches; per process: MiB, descriptors, tasks, threads")
        click.echo(
            f"{'min':>4} " + "".join(f"{role:>28}" for role in ROLES) + f"{'PostgreSQL':>12}  done since the start"
        )
    cells = "".join(f"{_cell(samples.get(role)):>28}" for role in ROLES)
    click.echo(f"{minute:>4} {cells}{links:>12.0f}  " + " ".join(f"{key}={counts[key]:,}" for key in sorted(counts)))


def _cell(one: Sample | None) -> str:
    if one is None:
        return "-"
    tasks = "-" if one.tasks is None else f"{one.tasks:.0f}"
    return f"{one.memory:.1f} {one.descriptors:.0f} {tasks} {one.threads:.0f}"


if __name__ == "__main__":
    main()
