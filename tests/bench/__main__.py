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
from tests.bench.verdicts import Row, summary, table

PARTS = ("engine", "whole_requests")


@click.command()
@click.option("--quick", is_flag=True, help="About two minutes: fewer and shorter rounds, not ten times the data.")
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, default=PARTS, help="Only this part.")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), default=ROOT / ".insitechart/bench/result.json",
    show_default=True, help="File for the results as JSON.",
)  # fmt: skip
def main(*, quick: bool, parts: tuple[str, ...], to: Path) -> None:
    """Measure what the project promises of its speed."""
    begun = time.monotonic()
    machine = describe()
    click.echo("\n".join(machine.lines()))
    rows: list[Row] = []
    for part in parts:
        found = _rows(part, quick=quick)
        click.echo(table(found))
        rows += found
    click.echo(orientation(rows))
    if not quick and "whole_requests" in parts:
        subprocess.run([sys.executable, "-m", "tests.bench.flames"], cwd=ROOT, check=False)
    click.echo(f"\n{summary(rows)}\n{time.monotonic() - begun:.0f} seconds")
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(msgspec.json.format(msgspec.json.encode({"machine": machine, "quick": quick, "rows": rows})))
    click.echo(f"JSON: {to}")


def _rows(part: str, *, quick: bool) -> list[Row]:
    command = [sys.executable, "-m", f"tests.bench.{part}", "--as-json", *(["--quick"] if quick else [])]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"the part {part!r} failed; what it said stands above")
    return msgspec.json.decode(done.stdout, type=list[Row])


if __name__ == "__main__":
    main()
