"""`insitechart profile`: a flame graph of a running process, which goes on working meanwhile."""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from ops.cli import exits
from ops.cli.endpoints import read_settings
from ops.cli.printable import printable
from ops.cli.ranges import Whole
from ops.profiling import CannotProfile, Recorded, Recorder, Wanted
from ops.profiling.processes import Running, running
from ops.profiling.recording import FORMATS

_STOP_SECONDS = 30.0
_TICK_SECONDS = 0.25


@click.command("profile")
@click.option(
    "--pid", type=Whole(1), help="Process to look at  [default: the server that runs, of several the data folder's]."
)
@click.option("--seconds", type=Whole(1, 3_600), default=30, show_default=True, help="How long to look.")
@click.option("--rate", type=Whole(1, 1_000), default=100, show_default=True, help="Samples a second.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help=".svg for a flame graph, .json for speedscope, .txt for folded stacks  [default: in the data folder].",
)
@click.option("--native", is_flag=True, help="Show C code as well; pauses the process for each sample.")
@click.option("--idle", is_flag=True, help="Show threads that wait, too.")
def profile(*, pid: int | None, seconds: int, rate: int, output: Path | None, native: bool, idle: bool) -> None:
    """Record a flame graph of a running server, worker or collector without stopping it.

    Ctrl-C ends the recording early and keeps what it has; so does the end of the process. A process records itself for
    30 seconds when it is sent SIGUSR2.

    \b
    Examples:
      insitechart profile
      insitechart profile --pid 4711 --seconds 10 --output slow.svg
      insitechart profile --output slow.json --native

    Exit codes: 0 recorded, 1 it could not be; the message says what to set, 2 wrong usage, or no process, or several
    to choose from.
    """  # noqa: D301  click reads the backspace as "do not rewrap"
    if output is not None and output.suffix not in FORMATS:
        raise click.UsageError(f"--output {output}: the name is expected to end in {', '.join(FORMATS)}")
    chosen = pid or _chosen(running())
    file = output or _default_output(chosen)
    console = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    try:
        recorder = Recorder(Wanted(chosen, file, seconds, rate, native, idle))
        console.print(f"looking at process {chosen} for {seconds} s; Ctrl-C ends it earlier", markup=False)
        recorded = _watched(recorder)
    except CannotProfile as refusal:
        raise exits.Failed(str(refusal)) from refusal
    if recorded.ended:
        console.print(f"process {chosen} ended meanwhile; what was seen of it is kept", markup=False)
    if recorded.errors:
        console.print(f"{recorded.errors:,} samples could not be read, as the process did not hold still", markup=False)
    click.echo(f"{recorded.output}: {recorded.samples:,} samples")


def _watched(recorder: Recorder) -> Recorded:
    """Wait for the file; an interrupt asks for it early, and a second one gives it up."""
    ends = time.monotonic() + recorder.most_seconds
    try:
        while time.monotonic() < ends:
            if (recorded := recorder.wait(_TICK_SECONDS)) is not None:
                return recorded
    except KeyboardInterrupt:
        pass
    try:
        recorder.stop()
        if (recorded := recorder.wait(_STOP_SECONDS)) is not None:
            return recorded
    except KeyboardInterrupt:
        recorder.kill()
        raise
    recorder.kill()
    raise CannotProfile("py-spy did not come to an end, and was ended")


def _chosen(found: list[Running]) -> int:
    """Return the server that runs, or whatever of ours runs if there is none.

    Of several it is the one on this data folder, if only one is; otherwise a person chooses.
    """
    servers = [each for each in found if each.role == "serve"] or found
    here = read_settings().data_dir.resolve()
    servers = [each for each in servers if each.data_dir.resolve() == here] or servers
    if not servers:
        raise click.UsageError("no process of insitechart runs here that can be seen; name one with --pid")
    if len(servers) == 1:
        for each in (one for one in found if one.data_dir == servers[0].data_dir):
            click.echo(f"{'profiling' if each is servers[0] else 'beside it'}  {_line(each)}", err=True)
        return servers[0].pid
    lines = "\n".join(f"  {_line(each)}" for each in found)
    if not sys.stdin.isatty():
        raise click.UsageError(f"several processes run; choose one with --pid:\n{lines}")
    click.echo(f"several processes run:\n{lines}", err=True)
    return int(click.prompt("process", type=click.Choice([str(each.pid) for each in found]), err=True))


def _line(process: Running) -> str:
    """Return a process in one line; whoever may run one chooses its arguments."""
    return printable(process.text).plain


def _default_output(pid: int) -> Path:
    folder = read_settings().data_dir / "profiles"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise exits.Failed(f"{folder} cannot be made: {os.strerror(error.errno or 0)}; choose with --output") from error
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{pid}.svg"
