"""`insitechart queues`: what waits on the intake, since when, and who works on it."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from ops.cli.endpoints import read_settings
from ops.cli.redis_endpoint import redis_endpoint
from ops.settings import Settings
from storage.intake_queues import Intake, intake_state
from storage.redis import open_redis


@click.command("queues")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def queues(*, as_json: bool) -> None:
    """Show the intake: items that wait, the age of the oldest, dead letters, checkpoints, and who leads what.

    \b
    Examples:
      insitechart queues
      insitechart queues --json | jq '.queues[] | select(.lag > 60)'

    Exit codes: 0 done, 69 no Redis.
    """  # noqa: D301  click reads the backspace as "do not rewrap"
    with redis_endpoint(read_settings()) as settings:
        state = asyncio.run(_look(settings))
    if as_json:
        click.echo(json.dumps(asdict(state), indent=2, default=datetime.isoformat))
    else:
        _print(state)


async def _look(settings: Settings) -> Intake:
    async with open_redis(settings) as redis:
        return await intake_state(redis, settings)


def _print(state: Intake) -> None:
    console = Console(highlight=False, emoji=False)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("queue")
    for heading in ("waiting", "of", "in hand", "consumers", "oldest, s"):
        table.add_column(heading, justify="right")
    for queue in state.queues:
        lag = "-" if queue.lag is None else f"{queue.lag:,.1f}"
        numbers = (queue.length, queue.most, queue.pending, queue.consumers)
        table.add_row(queue.name, *(f"{number:,}" for number in numbers), lag)
    table.add_row("dead letters", f"{state.dead_letters:,}", f"{state.most_dead_letters:,}", "-", "-", "-")
    console.print(table)
    if state.dead_letters_full:
        console.print("[red]dead letters are full: the intake waits[/]; see 'insitechart dead-letters'")
    for checkpoint in state.checkpoints:
        console.print(f"checkpoint  {checkpoint.name}, {checkpoint.age:,.0f} s ago", markup=False)
    for name, holder in state.leaders.items():
        console.print(f"leads       {name}: {holder}", markup=False)
