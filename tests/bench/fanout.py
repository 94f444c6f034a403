"""Fan-out: how soon do all subscribers of one operation have an event, and what does each cost in memory?

`python -m tests.bench.fanout [--subscribers 5000] [--rounds 10]` runs the server as `insitechart serve` does, in a
process of its own, and all subscribers in this one. Latency is from before the event is published to the arrival of
its frame at each subscriber, so it holds the cost of this client, too.
"""

import asyncio
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryFile
from time import perf_counter, sleep
from typing import IO

import click

from ops.settings import Settings
from storage.database import Database, open_database
from storage.deadline import Deadline
from storage.event_items import TrendingEvent
from storage.events import publish
from storage.post_records import MentionRecord, PostRecord
from storage.redis import open_redis
from storage.rows import StockRow
from storage.session import Session
from storage.terms import SentimentLabel, Source, Timeframe
from storage.trending import store
from storage.write_posts import write_posts
from storage.write_stocks import write_stocks
from tests.bench.socket_clients import SocketClient, connect, everyone_has, hang_up, subscribe_message
from tests.servers import PLACE, cloned, make_template, plain_postgres, valkey

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "clients" / "operations" / "trendingUpdated.graphql"
STOCKS = 30
POSTS = 3
WARM = 20


@click.command()
@click.option("--subscribers", default=5_000, show_default=True)
@click.option("--rounds", default=10, show_default=True)
def main(subscribers: int, rounds: int) -> None:
    """Measure, and print."""
    files = subscribers + 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, max(files, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    with plain_postgres() as server_url, valkey() as redis_url:
        template = make_template(server_url, PLACE / "postgres")

        async def measured() -> None:
            async with cloned(template) as database_url:
                await _measure(database_url, redis_url, subscribers, rounds)

        asyncio.run(measured())


async def _measure(database_url: str, redis_url: str, subscribers: int, rounds: int) -> None:
    settings = Settings.model_validate({"database_url": database_url, "redis_url": redis_url})
    async with open_database(settings) as database, open_redis(settings) as redis:
        await _fill(database)
        with _served(database_url, redis_url, subscribers + 100) as (process, port):
            message = subscribe_message(DOCUMENT.read_text(), {"timeframe": "HOUR", "first": 20})
            warm = await connect("127.0.0.1", port, WARM, message)
            before = _resident(process.pid)
            began = perf_counter()
            clients = await connect("127.0.0.1", port, subscribers, message)
            click.echo(f"connected {subscribers:,} in {perf_counter() - began:.1f} s")
            after = _resident(process.pid)
            click.echo(f"memory    {(after - before) / subscribers / 1024:.1f} KiB per subscriber after connecting")
            await hang_up(warm)
            latencies = []
            for round_number in range(rounds):
                session = Session(database, Deadline.after(10))
                end = datetime.now(UTC) - timedelta(seconds=rounds - round_number)
                await store(session, Timeframe.HOUR, end)
                spent = _processor(process.pid)
                published = perf_counter()
                await publish(redis, [TrendingEvent(Timeframe.HOUR, end)], settings.intake)
                await everyone_has(clients, round_number + 2, 60)
                spent = _processor(process.pid) - spent
                latencies.append(_report(round_number, clients, published, spent))
            worst = max(latencies)
            peak = _resident(process.pid)
            click.echo(f"memory    {(peak - before) / subscribers / 1024:.1f} KiB per subscriber after {rounds} events")
            click.echo(f"worst     {worst * 1_000:.0f} ms until the last of {subscribers:,} had an event")
            await hang_up(clients)


def _report(round_number: int, clients: list[SocketClient], published: float, spent: float) -> float:
    times = [client.arrived_at - published for client in clients]
    cuts = quantiles(times, n=100)
    click.echo(
        f"event {round_number + 1:3}  p50 {cuts[49] * 1_000:5.0f} ms  p99 {cuts[98] * 1_000:5.0f} ms  "
        f"max {max(times) * 1_000:5.0f} ms  server's processor {spent * 1_000:5.0f} ms  "
        f"{clients[0].bytes_of_update:,} bytes"
    )
    return max(times)


@contextmanager
def _served(database_url: str, redis_url: str, connections: int) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run the server; yield its process and port."""
    environment = {
        **os.environ,
        "INSITECHART_DATABASE_URL": database_url,
        "INSITECHART_REDIS_URL": redis_url,
        "INSITECHART_LIMIT_CONNECTIONS": str(connections),
        "INSITECHART_WINDOW_TICK": "1",
    }
    command = [sys.executable, "-m", "ops.cli", "serve", "--port", "0", "--no-demo"]
    with TemporaryFile() as output, subprocess.Popen(command, env=environment, cwd=ROOT, stderr=output) as process:
        try:
            yield process, _port(output, process)
        finally:
            process.terminate()
            process.wait(30)


def _port(output: IO[bytes], process: "subprocess.Popen[bytes]") -> int:
    """Wait until the server says where it listens."""
    while process.poll() is None:
        output.seek(0)
        if found := re.search(rb"http://127\.0\.0\.1:(\d+)", output.read()):
            return int(found[1])
        sleep(0.05)
    raise click.ClickException(f"the server ended with {process.returncode}")


def _resident(pid: int) -> int:
    """Return the bytes of memory that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


def _processor(pid: int) -> float:
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _fill(database: Database) -> None:
    symbols = [f"S{number:03d}" for number in range(STOCKS)]
    await write_stocks(
        database, [StockRow(one, f"Company {one}", "NYSE", None, None, None, simulated=True) for one in symbols]
    )
    now = datetime.now(UTC)
    await write_posts(
        database, [_post(symbol, number, now) for symbol in symbols for number in range(POSTS * (int(symbol[1:]) + 3))]
    )


def _post(symbol: str, number: int, now: datetime) -> PostRecord:
    mention = MentionRecord(symbol, 2_500, SentimentLabel.POSITIVE, (("moon", 2.0),), "cashtag")
    return PostRecord(
        source=Source.X,
        external_id=f"{symbol}-{number}",
        posted_at=now - timedelta(minutes=10, seconds=number),
        community=None,
        author=f"author-{symbol}-{number}",
        text=f"Post {number} on ${symbol}",
        url=None,
        engagement=None,
        simulated=True,
        model="bench",
        mentions=(mention,),
    )


if __name__ == "__main__":
    main()
