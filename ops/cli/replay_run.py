"""Plays a recorded feed for a command, and tells how it goes: a progress line, the first bad lines, a summary."""

import asyncio
import os
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from ingest.importing.faults import Rejection, UnusableInput
from ingest.importing.sources import STANDARD_INPUT
from ingest.replay.play import Pace, Play
from ingest.replay.recorded import RecordedFeed
from ingest.replay.tally import StoppedAtFirst, Tally
from ops.cli import exits
from ops.settings import Settings
from storage.intake_stream import IntakeStream
from storage.redis import open_redis

SHOWN_REJECTIONS = 20
_REFRESHES = 4  # a second


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What is played and how: `speed` as a multiple of real time, 0 for as fast as the intake takes it."""

    file: str
    speed: float = 1.0
    shift: bool = False
    strict: bool = False
    from_start: bool = False

    @property
    def checkpoint(self) -> str | None:
        """The checkpoint's name: one per file and way of dating; none for what cannot be read again."""
        if self.file == STANDARD_INPUT:
            return None
        path = os.fsencode(Path(self.file).resolve()).decode(errors="backslashreplace")
        return f"replay{':shifted' if self.shift else ''}:{path}"

    @property
    def shown(self) -> str:
        """The file's name for a person: bytes that are no UTF-8 would break standard output."""
        return click.format_filename(self.file)


async def replay(settings: Settings, options: ReplayOptions, stop: asyncio.Event) -> int:
    """Play until the feed ends or `stop` is set; returns the exit code. Raise Unavailable where Redis stays away."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

    def reject(rejection: Rejection) -> None:
        if tally.rejected <= SHOWN_REJECTIONS:
            console.print(f"{options.shown}: {rejection}", markup=False)

    tally = Tally(on_rejection=reject, strict=options.strict)
    begun, code, ended = time.monotonic(), exits.DONE, False
    async with open_redis(settings) as redis:
        play = Play(
            IntakeStream(redis, settings),
            RecordedFeed(options.file, tally, options.shift),
            Pace(options.speed),
            options.checkpoint,
            options.from_start,
            on_published=tally.played,
        )
        try:
            with _watched(console, options, tally):
                ended = await play.run(stop)
        except UnusableInput as unusable:
            console.print(_named(options, str(unusable)), markup=False)
            code = exits.USAGE
        except StoppedAtFirst:
            console.print(
                f"{options.shown}: stopped at the first bad line; what stands before it was played", markup=False
            )
        finally:
            if tally.rejected > SHOWN_REJECTIONS:
                hidden = tally.rejected - SHOWN_REJECTIONS
                console.print(f"{options.shown}: … and {hidden:,} more bad lines", markup=False)
            if tally.lines or code == exits.DONE:
                _summarise(options, tally, time.monotonic() - begun, ended=ended)
    return max(code, exits.FAILED if tally.rejected else exits.DONE)


def _watched(console: Console, options: ReplayOptions, tally: Tally) -> AbstractContextManager[object]:
    """Keep a line of progress where somebody watches."""

    def line() -> Text:
        place = f", at {tally.at:%Y-%m-%d %H:%M:%S}" if tally.at else ""
        return Text(f"{options.shown}: {tally.published:,} items{place}, {tally.rejected:,} bad lines")

    if not console.is_terminal:
        return nullcontext()
    return Live(console=console, refresh_per_second=_REFRESHES, transient=True, get_renderable=line)


def _summarise(options: ReplayOptions, tally: Tally, seconds: float, *, ended: bool) -> None:
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    if ended and tally.before and tally.before == tally.lines:
        text = f"played to its end before ({tally.before:,} lines); --from-start plays it again"
    else:
        text = (
            f"{tally.published:,} items played, {tally.rejected:,} bad lines passed over, "
            f"{tally.before:,} lines played before, in {seconds:.1f} s"
        )
        if not ended and options.checkpoint is not None:
            text += "; a new start goes on where this one ended"
    console.print(f"{options.shown}: {text}", markup=False)


def _named(options: ReplayOptions, text: str) -> str:
    return options.shown + (text.removeprefix(options.file) if text.startswith(options.file) else f": {text}")
