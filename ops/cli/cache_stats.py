"""How the numbers of the caches are shown."""

from dataclasses import dataclass

import msgspec
from rich.console import Console
from rich.table import Table

from ops.cli.printable import printable
from storage.cache.counts import Counts
from storage.cache.kept_rows import KeptRows
from storage.cache.reports import Level, Report
from storage.cache.usage import RedisUse

_IN_REDIS = "rows, redis"


@dataclass(frozen=True, slots=True)
class CacheStats:
    """Every running process, Redis, and the rows that stand in it."""

    processes: list[Report]
    redis: RedisUse
    kept: KeptRows


def as_json(stats: CacheStats) -> str:
    """Write all numbers; rates are hits by look-ups, null where there were none, and bounds null without one.

    Where `complete` is false, Redis holds at least so many entries and bytes.
    """
    found = {
        "levels": [_described(name, level) for name, level in _sums(stats)],
        "rows_in_redis": stats.kept,
        "processes": stats.processes,
        "redis": stats.redis,
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def print_stats(stats: CacheStats) -> None:
    """Print the sums, the processes and Redis."""
    console = Console(highlight=False, emoji=False)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("level")
    for heading in ("processes", "entries", "bytes", "of", "hits", "misses", "rate"):
        table.add_column(heading, justify="right")
    for name, level in _sums(stats):
        rate = hit_rate(level)
        more = "+" if name == _IN_REDIS and not stats.kept.complete else ""
        shown = [f"{level.entries:,}{more}", f"{level.bytes:,}{more}", "-" if level.bound < 0 else f"{level.bound:,}"]
        shown += [f"{level.hits:,}", f"{level.misses:,}"]
        table.add_row(name, f"{len(stats.processes):,}", *shown, "-" if rate is None else f"{rate:.1%}")
    console.print(table)
    _print_loaders(console, stats.kept)
    for process in stats.processes:
        trust = "trusted" if process.trusted else "not trusted: its link to Redis is down, or just begins"
        rate = hit_rate(process.rows)
        console.print(
            f"process     {process.process}, {trust}, {process.rows.entries:,} rows, "
            f"{'no look-ups' if rate is None else f'{rate:.1%} of look-ups hit'}",
            markup=False,
            soft_wrap=True,
        )
    use = stats.redis
    bound = f" of {use.memory_bound:,}, {use.eviction}" if use.memory_bound else ", without a bound"
    used = f"redis       {use.memory_used:,} bytes used{bound}; {use.memory_peak:,} at the peak"
    console.print(used, markup=False, soft_wrap=True)
    console.print(
        f"redis       {use.commands_processed:,} commands, {use.connections_received:,} connections received, "
        f"{use.clients:,} clients ({use.clients_tracking:,} follow), {use.keys:,} keys, {use.evicted_keys:,} evicted",
        markup=False,
        soft_wrap=True,
    )


def hit_rate(level: Level) -> float | None:
    """Return the share of look-ups that hit, in [0, 1]."""
    asked = level.hits + level.misses
    return level.hits / asked if asked else None


def _print_loaders(console: Console, kept: KeptRows) -> None:
    if not kept.complete:
        console.print("redis       has more: not all of its keys were looked at, or not all could be measured")
    if kept.loaders:
        table = Table(box=None, header_style="bold", pad_edge=False)
        table.add_column("rows in redis")
        for heading in ("entries", "bytes"):
            table.add_column(heading, justify="right")
        for one in kept.loaders:
            table.add_row(printable(one.loader), f"{one.entries:,}", f"{one.bytes:,}")
        console.print(table)


def _sums(stats: CacheStats) -> list[tuple[str, Level]]:
    """Sum levels over the processes; the bound of Redis is the server's, for all that it holds, -1 for none."""
    processes = stats.processes
    counts: list[Counts] = [process.counts for process in processes]
    hits, misses = sum(one.redis_hits for one in counts), sum(one.redis_misses for one in counts)
    bound = stats.redis.memory_bound or -1
    levels = [
        ("rows, memory", _sum([process.rows for process in processes])),
        (_IN_REDIS, Level(stats.kept.entries, stats.kept.bytes, bound, hits, misses)),
    ]
    answers = [process.responses for process in processes if process.responses is not None]
    return [*levels, ("responses", _sum(answers))] if answers else levels


def _sum(levels: list[Level]) -> Level:
    return Level(
        sum(level.entries for level in levels),
        sum(level.bytes for level in levels),
        sum(level.bound for level in levels),
        sum(level.hits for level in levels),
        sum(level.misses for level in levels),
    )


def _described(name: str, level: Level) -> dict[str, object]:
    told = {key: value if value >= 0 else None for key, value in msgspec.structs.asdict(level).items()}
    return {"level": name, **told, "hit_rate": hit_rate(level)}
