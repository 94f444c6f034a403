"""`insitechart collect`: the sources that are on, each read by one process among many; or a recorded feed, played."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import click

from ops import logs
from ops.cli.collect_run import chosen, collect_sources
from ops.cli.endpoints import read_settings
from ops.cli.parent import end_with_parent
from ops.cli.ranges import Finite
from ops.cli.ready_database import ready_database
from ops.cli.replay_run import ReplayOptions, replay
from ops.profiling.at_signal import recording_at_signal
from ops.settings import Settings
from storage.terms import Feed

SOURCES = (Feed.YAHOO, Feed.REDDIT, Feed.X, Feed.NEWS)


@click.command("collect")
@click.argument("sources", nargs=-1, type=click.Choice([feed.value for feed in SOURCES]))
@click.option("--once", is_flag=True, help="Read each source once and end, as for cron.")
@click.option(
    "--replay", "file", metavar="FILE|-", help="Play a recorded feed (JSON lines) instead of reading sources."
)
@click.option("--speed", type=Finite(min=0), help="With --replay: times real time; 0 for all at once.")
@click.option("--shift", is_flag=True, help="With --replay: date the feed so that it begins now.")
@click.option("--strict", is_flag=True, help="With --replay: stop at the first bad line.")
@click.option("--from-start", is_flag=True, help="With --replay: forget how far it was played.")
@click.option("--with-parent", is_flag=True, help="End when the starting process does.")
def collect(
    sources: tuple[str, ...],
    file: str | None,
    speed: float | None,
    *,
    once: bool,
    shift: bool,
    strict: bool,
    from_start: bool,
    with_parent: bool,
) -> None:
    """Collect prices, posts and news until Ctrl-C, and put them on the intake for `insitechart work`.

    Without sources named, all that are switched on by their settings (docs/sources.md) are read. Any number of
    processes may collect: each source is read by one of them, and another takes over when that one dies.

    \b
    Examples:
      insitechart collect
      insitechart collect reddit news
      insitechart collect --once yahoo
      insitechart collect --replay feed.jsonl --speed 60

    Exit codes: 0 done, 1 a source could not be read (with --once) or a line could not be played, 2 a source that is
    named is off, 69 no database or Redis, 130 interrupted (with --once).
    """  # noqa: D301 - click reads \b as "keep these lines"
    if with_parent:
        end_with_parent()
    played = {"--speed": speed is not None, "--shift": shift, "--strict": strict, "--from-start": from_start}
    if file is None and any(played.values()):
        flag = next(name for name, given in played.items() if given)
        raise click.UsageError(f"{flag} fits --replay only")
    if file is not None and (sources or once):
        raise click.UsageError("--replay plays a file: name no sources, and leave --once out")
    if file is not None:
        options = ReplayOptions(file, 1.0 if speed is None else speed, shift, strict, from_start)
        _run(lambda settings, stop: replay(settings, options, stop))
    else:
        feeds = chosen(read_settings(), [Feed(name) for name in sources])
        _run(lambda settings, stop: collect_sources(settings, feeds, stop, once=once))


def _run(work: Callable[[Settings, asyncio.Event], Coroutine[Any, Any, int]]) -> None:
    """Run until done or until SIGTERM or SIGINT; a second signal does not wait for anything."""

    async def stoppable(settings: Settings) -> int:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def first() -> None:
            stop.set()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, first)
        return await work(settings, stop)

    with ready_database(redis=True) as settings:
        logs.configure(readable=settings.readable_logs, level=logging.INFO)
        with recording_at_signal(settings, "collect"):
            code = asyncio.run(stoppable(settings))
    raise SystemExit(code)
