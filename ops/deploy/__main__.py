"""`python -m ops.deploy`: writes the files of Prometheus, Grafana and the collector, or checks those that are there."""

import sys
from pathlib import Path

import click

from ops.budgets import BudgetsError, load_budgets
from ops.deploy.clock import Clock

try:
    from ops.deploy.files import FOLDER, stale, write
except ModuleNotFoundError as missing:
    # What draws dashboards is no burden of servers; whoever serves and comes here is told where it is.
    sys.exit(f"ops.deploy needs {missing.name}, which comes with the packages of development: make develop")

_BUDGETS = click.option(
    "--budgets",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Objectives of this file, not of the shipped one.",
)
_STAGE = click.option("--stage", help="Objectives of this stage, not of the one that the file names.")
_FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    help="The folder of the files; without it, that of the sources.",
)


@click.group()
def main() -> None:
    """Dashboards, rules and configuration, made from the objectives."""


@main.command("write")
@_BUDGETS
@_STAGE
@_FOLDER
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Multiply every window and interval: 0.01 shows in minutes what takes hours.",
)
def write_files(*, budgets: Path | None, stage: str | None, folder: Path, scale: float) -> None:
    """Write the files, and name them.

    \b
    Examples:
      python -m ops.deploy write
      python -m ops.deploy write --budgets /etc/insitechart/budgets.toml --stage ga --folder /etc/monitoring

    Exit codes: 0 written, 1 the objectives or the folder cannot be used, 2 usage.
    """  # noqa: D301  click reads the backspace as "do not rewrap"
    try:
        for file in write(folder, load_budgets(budgets, stage), Clock(scale)):
            click.echo(file)
    except (BudgetsError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


@main.command("check")
@_BUDGETS
@_STAGE
@_FOLDER
def check_files(*, budgets: Path | None, stage: str | None, folder: Path) -> None:
    """Say which files are not what would be written now. Exit codes: 0 none, 1 some, 2 usage."""
    try:
        found = stale(folder, load_budgets(budgets, stage))
    except (BudgetsError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for file in found:
        click.echo(f"{file} is missing, or not what the objectives make: run python -m ops.deploy write", err=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main(prog_name="python -m ops.deploy")
