"""`insitechart cache`: what the caches of running processes do, warming them, and making them forget."""

import asyncio

import click

from ops.cli.cache_stats import CacheStats, as_json, print_stats
from ops.cli.cache_warming import Warmed, warm_rows
from ops.cli.endpoints import read_settings
from ops.cli.ranges import Whole
from ops.cli.ready_database import ready_database
from ops.cli.redis_endpoint import redis_endpoint
from ops.settings import Settings
from storage.cache import tags as known
from storage.cache.invalidation import bump
from storage.cache.kept_rows import kept_rows
from storage.cache.reports import reports_of
from storage.cache.usage import redis_use
from storage.redis import open_redis

_MOST_SYMBOLS = 10_000


@click.group("cache")
def group() -> None:
    """Show the caches of running processes, warm them, or make them forget.

    \b
    Examples:
      insitechart cache stats
      insitechart cache warm --symbols 1000
      insitechart cache invalidate stock:AAPL quote:AAPL

    Exit codes: 0 done, 2 wrong usage, 69 no Redis or database.
    """  # noqa: D301 - click reads \b as "keep these lines"


@group.command("stats")
@click.option("--json", "json_wanted", is_flag=True, help="Print as JSON.")
def stats(*, json_wanted: bool) -> None:
    """Show entries, bytes, hits and misses of each level, by process and in sum, and how Redis does.

    What stands in Redis is counted by walking at most 200,000 of its keys, for 3 seconds at most; a + stands behind a
    number where there is more. What was invalidated counts until its time is over. The bound is that of the server.

    Processes tell every few seconds; one that does not answer any more is listed for 15 seconds.
    """
    with redis_endpoint(read_settings()) as settings:
        found = asyncio.run(_stats(settings))
    if json_wanted:
        click.echo(as_json(found))
    else:
        print_stats(found)


@group.command("warm")
@click.option("--symbols", type=Whole(1, _MOST_SYMBOLS), default=500, show_default=True, help="Stocks to read at most.")
def warm(*, symbols: int) -> None:
    """Read the most asked stocks, their prices and what is trending from the database into Redis.

    What was asked in the last three hours decides; where nothing was, the largest companies do.
    """
    with ready_database(redis=True) as settings:
        if not settings.cache.rows:
            raise click.UsageError("rows are not cached: INSITECHART_CACHE_ROWS is false")
        warmed: Warmed = asyncio.run(_warm(settings, symbols))
    click.echo(f"{warmed.stocks:,} stocks ({warmed.chosen_by}), {warmed.entries:,} entries, {warmed.seconds:.1f} s")


@group.command("invalidate")
@click.argument("tags", nargs=-1, metavar="[TAG]...")
@click.option("--all", "everything", is_flag=True, help="Forget everything.")
def invalidate(tags: tuple[str, ...], *, everything: bool) -> None:
    """Make every process forget what depends on these tags, rows and answers alike.

    \b
    Tags are kind:SYMBOL; kind:* is what is not of one stock, kind:** everything of a kind:
      stock:AAPL  quote:AAPL  price:AAPL  mention:AAPL  trending:DAY  feed:*  stock:*  mention:**
    """  # noqa: D301 - click reads \b as "keep these lines"
    if everything == bool(tags):
        raise click.UsageError(
            "--all is for every tag: name tags or give it, not both" if tags else "name tags, or give --all"
        )
    try:
        wanted = list(known.ALL) if everything else [known.parse(tag) for tag in tags]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with redis_endpoint(read_settings()) as settings:
        asyncio.run(_bump(settings, wanted))
    click.echo("everything is forgotten" if everything else f"forgotten: {', '.join(wanted)}")


async def _stats(settings: Settings) -> CacheStats:
    async with open_redis(settings) as redis:
        return CacheStats(await reports_of(redis), await redis_use(redis), await kept_rows(redis))


async def _warm(settings: Settings, most: int) -> Warmed:
    async with open_redis(settings) as redis:
        await redis_use(redis)  # one that is away is told of at once, by name
    return await warm_rows(settings, most)


async def _bump(settings: Settings, tags: list[str]) -> None:
    async with open_redis(settings) as redis:
        await bump(redis, tags)
