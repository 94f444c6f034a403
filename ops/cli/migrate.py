"""`insitechart migrate`: bring the database's schema up to date, or tell whether it is."""

import asyncio

import click
from rich.console import Console

from ops.cli import exits
from ops.cli.endpoints import endpoints
from ops.cli.ranges import Finite
from storage.migrate import MigrationReport, check, migrate
from storage.migration_files import MigrationError


@click.command("migrate")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 when migrations are missing.")
@click.option(
    "--lock-timeout",
    type=Finite(0.001, 86_400),
    default=60.0,
    show_default=True,
    help="Seconds to wait for another migration.",
)
@click.pass_context
def command(context: click.Context, *, only_check: bool, lock_timeout: float) -> None:
    """Bring the database's schema up to date.

    Safe to run from many processes at once, also behind pgbouncer.

    \b
    Examples:
      insitechart migrate --database-url postgresql://insitechart@db/insitechart
      insitechart migrate --check && echo up to date

    Exit codes: 0 done or up to date, 1 refused or migrations missing (--check), 69 no database.
    """  # noqa: D301 - click reads \b as "keep these lines"
    with endpoints() as settings:
        if settings.database_url is None:
            raise click.UsageError("no database is named")
        dsn = settings.database_url.get_secret_value()
        try:
            report = asyncio.run(check(dsn) if only_check else migrate(dsn, lock_seconds=lock_timeout))
        except MigrationError as error:
            raise exits.Failed(f"refused: {error}") from error
    _print(report)
    context.exit(exits.FAILED if report.missing else exits.DONE)


def _print(report: MigrationReport) -> None:
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    for name in report.applied:
        console.print(f"applied  {name}")
    for name in report.missing:
        console.print(f"missing  {name}")
    for name in report.pending:
        console.print(f"pending  {name} (for an edition of TimescaleDB that this database does not have)")
    state = f"{len(report.missing)} missing" if report.missing else "up to date"
    console.print(f"{report.edition.value}: {len(report.current) + len(report.applied)} applied, {state}")
