"""`insitechart doctor`: what is here, what is missing, and what to do about it."""

import asyncio
import json
import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from ops.cli import exits
from ops.cli.endpoints import read_settings
from ops.cli.findings import Finding, State, database_finding, local_findings, redis_finding, schema_finding
from ops.embedded import servers
from ops.embedded.errors import ServerUnavailable
from ops.embedded.identity import place_for
from ops.machine import detect, postgres_settings, render
from ops.settings import Settings

_COLOURS = {State.GOOD: "green", State.NOTE: "yellow", State.MISSING: "red"}
_CONNECTIONS = 200


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--postgres-conf", is_flag=True, help="Print PostgreSQL settings sized for this machine, and nothing else."
)
def doctor(*, as_json: bool, postgres_conf: bool) -> None:
    """Say which servers are there, in which editions and versions, what is missing, and what to do.

    \b
    The embedded servers are looked at where they have data; nothing is created.

    \b
    Examples:
      insitechart doctor
      insitechart doctor --json | jq '.[] | select(.state != "good")'
      insitechart doctor --postgres-conf > /etc/postgresql/17/main/conf.d/insitechart.conf

    Exit codes: 0 nothing essential is missing, 1 something is.
    """  # noqa: D301  click reads the backspace as "do not rewrap"
    if postgres_conf:
        click.echo("# For a machine that runs PostgreSQL alone; made by `insitechart doctor --postgres-conf`.")
        click.echo(render(postgres_settings(detect(), connections=_CONNECTIONS)), nl=False)
        return
    settings = read_settings()
    findings = [*local_findings(settings), *_servers(settings)]
    if as_json:
        click.echo(json.dumps([{**asdict(each), "state": each.state.value} for each in findings], indent=2))
    else:
        _print(findings)
    sys.exit(exits.FAILED if any(each.state is State.MISSING for each in findings) else exits.DONE)


def _servers(settings: Settings) -> list[Finding]:
    """Look at the named servers, and at the embedded ones if they have been started here before."""
    place = place_for(settings.data_dir)
    embedded = {
        name: named is None and (place / name / "data").exists()
        for name, named in (("postgres", settings.database_url), ("valkey", settings.redis_url))
    }
    try:
        with servers(settings.data_dir, postgres=embedded["postgres"], valkey=embedded["valkey"]) as endpoints:
            named = settings.database_url.get_secret_value() if settings.database_url else None
            redis = settings.redis_url.get_secret_value() if settings.redis_url else None
            return asyncio.run(_look(named or endpoints.database_url, redis or endpoints.redis_url, settings))
    except ServerUnavailable as error:
        return [Finding("embedded servers", State.MISSING, str(error), "see the message")]


async def _look(database: str | None, redis: str | None, settings: Settings) -> list[Finding]:
    seconds = settings.deadlines.connect
    found = [await database_finding(database, seconds), await redis_finding(redis, seconds)]
    if database is not None and found[0].state is not State.MISSING:
        found.append(await schema_finding(database))
    return found


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "what", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for each in findings:
        table.add_row(f"[{_COLOURS[each.state]}]{each.state.value}[/]", each.what, each.found, each.advice)
    Console(highlight=False, emoji=False).print(table)
