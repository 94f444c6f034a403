"""`insitechart migrate`: bring the database's schema up to date, or tell whether it is."""

import asyncio
import sys

import click
from rich.console import Console

from ops.errors import PublicError
from ops.settings import Settings
from storage.migrate import MigrationReport, check, migrate
from storage.migration_files import MigrationError

BEHIND = 1
FAILED = 2


@click.command("migrate")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 when migrations are missing.")
@click.option("--lock-timeout", default=60.0, show_default=True, help="Seconds to wait for another migration.")
@click.option("--database-url", help="The database to migrate.  [default: INSITECHART_DATABASE_URL]")
def command(*, only_check: bool, lock_timeout: float, database_url: str | None) -> None:
    """Bring the database's schema up to date.

    Safe to run from many processes at once. Behind pgbouncer, give the server's own address.

    \b
    Examples:
      insitechart migrate --database-url postgresql://insitechart@db/insitechart
      insitechart migrate --check && echo up to date

    Exit codes: 0 done or up to date, 1 migrations are missing (--check), 2 failed.
    """  # noqa: D301 - click reads \b as "keep these lines"
    settings = Settings()
    configured = settings.database_url.get_secret_value() if settings.database_url else None
    dsn = database_url or configured
    console = Console(stderr=True, highlight=False)
    if dsn is None:
        console.print("No database: give --database-url or set INSITECHART_DATABASE_URL.")
        sys.exit(FAILED)
    work = check(dsn) if only_check else migrate(dsn, lock_seconds=lock_timeout)
    try:
        report = asyncio.run(work)
    except MigrationError as error:
        console.print(f"Refused: {error}", markup=False)
        sys.exit(FAILED)
    except PublicError as error:
        console.print(f"{error.message} {error.__cause__ or ''}", markup=False)
        sys.exit(FAILED)
    _print(report)
    sys.exit(BEHIND if report.missing else 0)


def _print(report: MigrationReport) -> None:
    console = Console(highlight=False)
    for name in report.applied:
        console.print(f"applied  {name}")
    for name in report.missing:
        console.print(f"missing  {name}")
    for name in report.pending:
        console.print(f"pending  {name} (needs an edition of TimescaleDB that this database does not have)")
    state = f"{len(report.missing)} missing" if report.missing else "up to date"
    console.print(f"{report.edition.value}: {len(report.current) + len(report.applied)} applied, {state}")
