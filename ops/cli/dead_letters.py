"""`insitechart dead-letters`: look at the items that nobody could process, try them again, or forget them."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from ops.cli import exits
from ops.cli.endpoints import read_settings
from ops.cli.printable import columns, printable
from ops.cli.ranges import Whole
from ops.cli.redis_endpoint import redis_endpoint
from ops.settings import Settings
from storage.dead_letters import PAGE, DeadLetter, DeadLetters, StreamFull
from storage.redis import open_redis

_SHOWN = 100  # characters of an item in the table


@click.group("dead-letters")
def group() -> None:
    """List, retry or drop items that could not be processed.

    \b
    Examples:
      insitechart dead-letters list
      insitechart dead-letters list --json --limit 1000 | jq -r 'group_by(.reason)[] | "\\(length) \\(.[0].reason)"'
      insitechart dead-letters retry --all
      insitechart dead-letters drop 1767225600000-0

    Exit codes: 0 done, 1 some of the letters are not there or their stream is full, 69 no Redis.
    """  # noqa: D301  click reads the backspace as "do not rewrap"


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, each item as text or base64.")
@click.option("--limit", type=Whole(1), default=50, show_default=True, help="Letters to show, oldest first.")
def show(*, as_json: bool, limit: int) -> None:
    """Show dead letters, oldest first, with the reason."""

    async def look(letters: DeadLetters) -> tuple[list[DeadLetter], int]:
        found = [letter async for letter in _all(letters, limit)]
        return found, await letters.count()

    found, total = _on_redis(look)
    if as_json:
        click.echo(json.dumps([_plain(letter) for letter in found], indent=2))
        return
    if not found:
        click.echo("There are no dead letters.", err=True)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("id", "stream", "at", "tries", "reason", "item"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "id")
    for letter in found:
        row = _plain(letter)
        cells = (
            row["id"],
            row["stream"],
            letter.at.isoformat(timespec="seconds"),
            str(letter.deliveries),
            letter.reason,
        )
        table.add_row(*map(printable, cells), printable(json.dumps(row["item"], ensure_ascii=False)[:_SHOWN]))
    Console(width=columns(), highlight=False, emoji=False).print(table)
    if total > len(found):
        click.echo(f"{total - len(found):,} more: use --limit {total}", err=True)


@group.command("retry")
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Retry all of them.")
def retry(ids: tuple[str, ...], *, every: bool) -> None:
    """Put items back on their stream.

    Those that still cannot be processed come back as new letters.
    """
    _check_choice(ids, every=every)

    async def again(letters: DeadLetters) -> tuple[int, list[str]]:
        done, missing = 0, set(ids)
        async for letter in _all(letters, await letters.count()):
            if every or letter.letter_id in missing:
                missing.discard(letter.letter_id)
                try:
                    done += await letters.retry(letter)
                except StreamFull as full:
                    raise exits.Failed(f"{done} put back, then {full}; try the rest later") from full
        return done, sorted(missing)

    _report("put back", *_on_redis(again))


@group.command("drop")
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Drop all of them.")
def drop(ids: tuple[str, ...], *, every: bool) -> None:
    """Forget items for good."""
    _check_choice(ids, every=every)
    if every and at_terminal():
        click.confirm("Forget all dead letters for good?", abort=True, err=True)

    async def forget(letters: DeadLetters) -> tuple[int, list[str]]:
        there = [letter.letter_id async for letter in _all(letters, await letters.count())]
        chosen = there if every else [each for each in there if each in ids]
        return await letters.drop(chosen), sorted(set(ids) - set(there))

    _report("dropped", *_on_redis(forget))


def at_terminal() -> bool:
    """Tell whether there is somebody to ask."""
    return sys.stdin.isatty()


def _check_choice(ids: tuple[str, ...], *, every: bool) -> None:
    if every == bool(ids):
        raise click.UsageError("name the ids that 'dead-letters list' shows, or use --all")


def _report(what: str, done: int, missing: list[str]) -> None:
    click.echo(f"{done} {what}", err=True)
    if missing:
        raise exits.Failed(f"no such dead letter: {', '.join(missing)}")


async def _all(letters: DeadLetters, most: int) -> AsyncIterator[DeadLetter]:
    """Yield up to `most` letters that are there now, page by page."""
    after: str | None = None
    while most > 0 and (page := await letters.page(min(most, PAGE), after)):
        for letter in page:
            yield letter
        most, after = most - len(page), page[-1].letter_id


def _on_redis(work: Callable[[DeadLetters], Awaitable[Any]]) -> Any:
    async def run(settings: Settings) -> Any:
        async with open_redis(settings) as redis:
            return await work(DeadLetters(redis, settings))

    with redis_endpoint(read_settings()) as settings:
        return asyncio.run(run(settings))


def _plain(letter: DeadLetter) -> dict[str, Any]:
    """Describe a letter in JSON's terms; bytes that are no MessagePack are shown as base64."""
    try:
        item = json.loads(msgspec.json.encode(msgspec.msgpack.decode(letter.item)))
    except (msgspec.MsgspecError, TypeError, ValueError):
        item = {"base64": base64.b64encode(letter.item).decode()}
    return {
        "id": letter.letter_id,
        "stream": letter.stream.rpartition(":")[2],
        "entry": letter.entry_id,
        "at": letter.at.isoformat(),
        "deliveries": letter.deliveries,
        "reason": letter.reason,
        "item": item,
    }
