"""`make bench`: the engine and whole requests on this machine, every target with the figure and whether it is met.

Prints tables and keeps the same as JSON. Each part runs in a process of its own.
"""

import subprocess
import sys
import time
from pathlib import Path

import click
import msgspec

from tests.bench.machine import ROOT, describe
from tests.bench.orientation import orientation
from tests.bench.page import write_results
from tests.bench.verdicts import Row, summary, table

PARTS = ("engine", "whole_requests", "tracing")


@click.command()
@click.option("--quick", is_flag=True, help="About three minutes: fewer and shorter rounds, not ten times the data.")
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, default=PARTS, help="Only this part.")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), default=ROOT / ".insitechart/bench/result.json",
    show_default=True, help="File for the results as JSON.",
)  # fmt: skip
@click.option("--page", type=click.Path(exists=True, path_type=Path), help="Page to write the results into.")
def main(*, quick: bool, parts: tuple[str, ...], to: Path, page: Path | None) -> None:
    """Measure what the project promises of its speed."""
    begun = time.monotonic()
    machine = describe()
    said = _Said()
    said.say("\n".join(machine.lines()))
    rows: list[Row] = []
    for part in parts:
        found = _rows(part, quick=quick)
        said.say(table(found))
        rows += found
    said.say(orientation(rows))
    said.say(f"\n{summary(rows)}\n{time.monotonic() - begun:.0f} seconds")
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(msgspec.json.format(msgspec.json.encode({"machine": machine, "quick": quick, "rows": rows})))
    click.echo(f"JSON: {to}")
    if not quick and "whole_requests" in parts:
        said.say(_printed("flames"))
    if page is not None:
        write_results(page, "\n".join(said.lines))


class _Said:
    """What was printed so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        click.echo(text)
        self.lines.append(text)


def _rows(part: str, *, quick: bool) -> list[Row]:
    return msgspec.json.decode(_printed(part, "--as-json", *(["--quick"] if quick else [])), type=list[Row])


def _printed(part: str, *arguments: str) -> str:
    """Run one part in a process of its own, and return what it printed."""
    command = [sys.executable, "-m", f"tests.bench.{part}", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the part {part!r} failed; what it said stands above")
    return done.stdout


if __name__ == "__main__":
    main()
