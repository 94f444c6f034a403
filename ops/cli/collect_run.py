"""Runs the sources for a command: tells which are on and why, collects, and with --once says how it went."""

import asyncio
from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.sources.call_traces import CallTraces
from ingest.sources.calls import Calls
from ingest.sources.collect import GRACE_SECONDS, Round, collect, collect_once
from ingest.sources.outlet import Outlet
from ingest.sources.switches import Switch, switches
from ingest.sources.workshop import Surroundings
from ops.budgets import load_budgets
from ops.cli import exits
from ops.metrics import Metrics, make_metrics
from ops.metrics_port import measured
from ops.settings import Settings
from ops.tracing import TracingHooks, open_tracing
from storage.database import open_database
from storage.intake_stream import IntakeStream
from storage.measured_database import observe_statements
from storage.redis import open_redis
from storage.terms import Feed


async def collect_sources(settings: Settings, feeds: Sequence[Feed], stop: asyncio.Event, *, once: bool) -> int:
    """Collect until `stop` is set, or once; returns the exit code."""
    console = Console(stderr=True, highlight=False, emoji=False)
    metrics = make_metrics(load_budgets(settings.budgets, settings.stage))
    scrapes = measured(settings.model_copy(update={"metrics_port": None}) if once else settings, metrics)
    tracing = open_tracing(settings, _hooks(metrics))
    async with open_database(settings) as database, open_redis(settings) as redis, scrapes, tracing as tracer:
        calls = Calls(metrics, CallTraces(tracer, settings.tracing.hosts))
        observe_statements(metrics, database)
        around = Surroundings(settings, database, Outlet(IntakeStream(redis, settings)), calls)
        if not once:
            await collect(redis, feeds, around, stop)
            return exits.DONE
        reading = asyncio.create_task(collect_once(redis, feeds, around))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not reading.done():
            reading.cancel()
            await asyncio.wait({reading}, timeout=GRACE_SECONDS)
            console.print("interrupted; what was read is kept, and the next run goes on from there")
            return exits.INTERRUPTED
        rounds = reading.result()
    _tell(console, rounds)
    console.print(f"{around.outlet.published:,} items collected")
    return exits.FAILED if any(each.problem for each in rounds) else exits.DONE


def chosen(settings: Settings, named: Sequence[Feed]) -> list[Feed]:
    """Print which sources are on, and return those to collect: the named ones, else all that are on.

    Raise UsageError where a named one is off, all are off, or a setting does not fit.
    """
    try:
        settings.check_collecting()
        known = switches(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    _print(known.values(), named)
    if off := [known[feed] for feed in named if not known[feed].on]:
        raise click.UsageError("; ".join(f"{switch.feed.value} is off: it {switch.why}" for switch in off))
    feeds = [feed for feed, switch in known.items() if switch.on and (not named or feed in named)]
    if not feeds:
        raise click.UsageError("every source is off; docs/sources.md says how to switch one on")
    return feeds


def _hooks(metrics: Metrics) -> TracingHooks:
    return TracingHooks(
        call_seconds=metrics.budgets.objective("external_calls").seconds,
        kept=metrics.traces_kept.add,
        dropped=metrics.traces_dropped.inc,
    )


def _print(known: Iterable[Switch], named: Sequence[Feed]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("source", "", "why"):
        table.add_column(heading, overflow="fold")
    for switch in known:
        state = "off" if not switch.on else "on" if not named or switch.feed in named else "not named"
        table.add_row(switch.feed.value, state, escape(switch.why))
    Console(stderr=True, highlight=False, emoji=False).print(table)


def _tell(console: Console, rounds: Sequence[Round]) -> None:
    for each in rounds:
        how = "another process reads it" if each.led_elsewhere else each.problem or "done"
        console.print(f"{each.name}: {how}", markup=False)
