"""Invalidation: how soon has another process forgotten what was written?

`python -m tests.bench.invalidation [--writes 5000]` tells of writes in this process and hears of them in another, which
holds an answer for each in its memory. Latency is from before a write is told to the moment at which the other process
has dropped its answer, by the machine's monotonic clock; "from the commit" writes quotes to PostgreSQL, and
counts from the moment at which its commit was known.
"""

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

import click
import msgspec

from ops.settings import Settings
from storage.cache.invalidation import bump
from storage.cache.link import open_invalidations
from storage.cache.memory import Entry, Memory
from storage.cache.policy import RowPolicy, Seconds, of_symbol
from storage.cache.tags import quote
from storage.database import open_database
from storage.redis import open_redis
from storage.rows import StockRow
from storage.write_quotes import QuoteRecord, write_quotes
from storage.write_stocks import write_stocks
from tests.own_valkey import own_valkey, until
from tests.servers import PLACE, cloned, make_template, plain_postgres

_POLICY = RowPolicy(Seconds.HOUR, of_symbol("quote"), int)
_PAUSE = 0.002
_PROMISE = 0.05


def symbol_of(number: int) -> str:
    """Name the stock of a write."""
    return f"S{number}"


@click.command()
@click.option("--writes", default=5_000, show_default=True, type=click.IntRange(100))
@click.option("--follow", hidden=True, help="Hear of as many writes over this Redis, and print when.")
def main(writes: int, follow: str | None) -> None:
    """Measure, and print."""
    if follow is not None:
        asyncio.run(_follow(follow, writes))
        return
    with own_valkey() as server, plain_postgres() as server_url:
        template = make_template(server_url, PLACE / "postgres")

        async def measured() -> None:
            async with cloned(template) as database_url:
                settings = Settings.model_validate({"database_url": database_url, "redis_url": server.url})
                _print("told", await _heard(settings, writes, _tell_all))
                _print("written, from the commit", await _heard(settings, writes, _write_all))

        asyncio.run(measured())


async def _heard(settings: Settings, writes: int, do: Any) -> list[float]:
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    command = [sys.executable, "-m", "tests.bench.invalidation", "--writes", str(writes), "--follow", url]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, limit=2**24)
    assert child.stdout is not None
    await child.stdout.readline()  # it is ready
    begun: dict[str, float] = await do(settings, writes)
    heard: dict[str, float] = msgspec.json.decode(await child.stdout.readline())
    await child.wait()
    return sorted(heard[tag] - at for tag, at in begun.items())


async def _tell_all(settings: Settings, writes: int) -> dict[str, float]:
    begun: dict[str, float] = {}
    async with open_redis(settings) as redis:
        for number in range(writes):
            tag = quote(symbol_of(number))
            begun[tag] = time.monotonic()
            await bump(redis, [tag])
            await asyncio.sleep(_PAUSE)
    return begun


async def _write_all(settings: Settings, writes: int) -> dict[str, float]:
    begun: dict[str, float] = {}
    names = [symbol_of(number) for number in range(writes)]
    async with open_database(settings) as database:
        await write_stocks(database, [StockRow(name, name, None, None, None, None, simulated=False) for name in names])
        tell = database.telling.tell

        async def told(tags: set[str]) -> None:  # called as soon as the commit is known
            begun.update(dict.fromkeys((tag for tag in tags if tag.startswith("quote:")), time.monotonic()))
            await tell(tags)

        database.telling.tell = told  # type: ignore[method-assign, assignment]
        now = datetime.now(UTC)
        for name in names:
            await write_quotes(database, [QuoteRecord(name, 1.0, now, None, 1, None, simulated=False)])
            await asyncio.sleep(_PAUSE)
    return begun


async def _follow(url: str, writes: int) -> None:
    """Hold an answer under the tag of each write; print when each was gone."""
    settings = Settings.model_validate({"redis_url": url})
    gone: dict[str, float] = {}
    async with open_invalidations(settings) as invalidations:
        memory = Memory(2**30, time.monotonic)
        await until(lambda: invalidations.trusted)
        for number in range(writes):
            tag = quote(symbol_of(number))
            memory.put(Entry((_POLICY, ()), symbol_of(number), number, (tag,), 1_000), 3_600)

        def drop(tags: frozenset[str] | None) -> None:
            memory.drop(tags)
            at = time.monotonic()
            gone.update((tag, at) for tag in tags or () if tag.startswith("quote:"))

        invalidations.listen(drop)
        click.echo("ready")
        await until(lambda: len(gone) >= writes, seconds=600)
        click.echo(msgspec.json.encode(gone).decode())


def _print(what: str, seconds: list[float]) -> None:
    cuts = quantiles(seconds, n=1_000)
    p50, p99, p999 = (cuts[place] * 1_000 for place in (499, 989, 998))
    verdict = "kept" if cuts[989] < _PROMISE else "BROKEN"
    click.echo(
        f"{what:<26} {len(seconds):>6,}  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  p99.9 {p999:6.2f} ms  "
        f"max {seconds[-1] * 1_000:6.2f} ms   {_PROMISE * 1_000:.0f} ms at p99: {verdict}"
    )


if __name__ == "__main__":
    main()
