"""`insitechart budget`: whether a running server keeps its latency objectives, and what took longest."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from graph.field_budgets import field_seconds
from graph.http.budgets import BUDGETS_PATH
from graph.recent_fields import Recent
from graph.rest.builtin import builtin_documents
from graph.schema import build_schema
from ops.budgets import Budgets, load_budgets
from ops.budgets.field_lines import slowest, worst
from ops.cli import exits
from ops.cli.budget_tables import check_as_json, print_check, print_recent, recent_as_json
from ops.cli.endpoints import read_settings
from ops.cli.ranges import Finite, Whole
from ops.load.arrivals import Pace
from ops.load.check import Plan, check
from ops.load.client import Refused, Unreachable, open_client
from ops.load.coordinates import coordinates
from ops.load.fields import Fields
from ops.load.judging import all_held
from ops.load.mix import LoadError, Mix, read_mix
from ops.load.scrape import ScrapeError
from ops.settings import Settings

_Result = TypeVar("_Result")
_MOST_REQUESTS = 1_000_000
URL = "http://127.0.0.1:8000"


class Address(click.ParamType[str]):
    """A base URL of HTTP, without a user, a query or a fragment."""

    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the URL without a slash at its end, or fail as a usage error."""
        try:
            parts = urlsplit(value)
            sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        if not sound or parts.query or parts.fragment or "@" in parts.netloc:
            self.fail("a URL as http://host:port is wanted, without a user, a query or a fragment", param, ctx)
        return str(value).rstrip("/")


@click.group("budget")
def group() -> None:
    """Hold a running server to its latency objectives, or show which fields took longest.

    \b
    Examples:
      insitechart budget check
      insitechart budget check --rate 100 --seconds 120 --operations StockPage,Chart
      insitechart budget report

    Exit codes: 0 every objective holds, 1 one does not, 2 wrong usage, 69 no server.
    """  # noqa: D301  click reads \b as "keep these lines"


@group.command("check")
@click.option("--url", type=Address(), default=URL, show_default=True, help="The server to be put under load.")
@click.option("--metrics", type=Address(), multiple=True, help="Where metrics are, once per process [/metrics of URL].")
@click.option("--rate", type=Finite(0.1, 5_000), default=50, show_default=True, help="Requests a second.")
@click.option("--seconds", type=Finite(0.1, 3_600), default=60, show_default=True, help="How long to measure.")
@click.option("--warm-up", type=Finite(0, 600), default=5, show_default=True, help="Seconds not measured before.")
@click.option("--in-flight", type=Whole(1, 5_000), default=200, show_default=True, help="Unanswered at most.")
@click.option("--operations", metavar="NAME,…", help="Only these operations of the load.")
@click.option("--load", "load", type=click.Path(path_type=Path), help="What to ask for  [default: the shipped load].")
@click.option("--strict", is_flag=True, help="Fail, too, where samples are too few to judge an objective.")
@click.option("--json", "json_wanted", is_flag=True, help="Print as JSON.")
def check_command(
    url: str,
    metrics: tuple[str, ...],
    rate: float,
    seconds: float,
    warm_up: float,
    in_flight: int,
    operations: str | None,
    load: Path | None,
    *,
    strict: bool,
    json_wanted: bool,
) -> None:
    """Put a server under load, and say of each objective whether it holds.

    Requests come at a constant rate, whether or not earlier ones came back, and their times count from when they were
    due. Operations are judged by what this client saw; statements, calls of the cache and of other APIs by what the
    server's metrics gained. What failed, or could not be sent, is within no objective.

    An objective needs 50 samples for a 90th percentile, and is not judged with fewer; operations as a whole must be.
    """
    settings = read_settings()
    if rate * (seconds + warm_up) > _MOST_REQUESTS:
        raise click.UsageError(f"--rate times --seconds: at most {_MOST_REQUESTS:,} requests are sent")
    names = tuple(name.strip() for name in operations.split(",") if name.strip()) if operations is not None else None
    if names == ():
        raise click.UsageError("--operations: names are wanted, with commas between them")
    try:
        mix = read_mix(load)
        chosen = mix if names is None else mix.only(names)
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    budgets = load_budgets(settings.budgets, settings.stage)
    plan = Plan(
        url,
        metrics or (f"{url}/metrics",),
        Pace(rate, seconds, warm_up, in_flight),
        chosen,
        budgets,
        _fields(settings, mix, budgets),
        _token(settings),
    )
    report = _run(check(plan))
    held = all_held(report.verdicts, strict=strict)
    if json_wanted:
        click.echo(check_as_json(report, held=held))
    else:
        print_check(report)
    if not held:
        click.get_current_context().exit(exits.FAILED)


@group.command("report")
@click.option("--url", type=Address(), default=URL, show_default=True, help="The server to ask.")
@click.option("--by", type=click.Choice(["time", "used"]), default="time", show_default=True, help="What comes first.")
@click.option("--top", type=Whole(1, 1_000), default=20, show_default=True, help="Lines at most.")
@click.option("--json", "json_wanted", is_flag=True, help="Print as JSON.")
def report_command(url: str, by: str, top: int, *, json_wanted: bool) -> None:
    """Show the slowest field paths of the last hour, and what share of its budget each takes.

    The budget is the field's own, as the schema has it, else that of its operation; the share is that of the 90th
    percentile. It is one process that tells: behind a balancer, name one.
    """
    recent = _run(_recent(url, _token(read_settings())))
    fields = (slowest if by == "time" else worst)(recent.fields, top)
    if json_wanted:
        click.echo(recent_as_json(recent, fields))
    else:
        print_recent(recent, fields)


async def _recent(url: str, token: str | None) -> Recent:
    async with open_client(url, token) as client:
        content = await client.operators(f"{url}{BUDGETS_PATH}", "application/json")
    try:
        return msgspec.json.decode(content, type=Recent)
    except msgspec.DecodeError as error:
        raise Refused(f"{url}{BUDGETS_PATH} answers otherwise than this version does: {error}") from error


def _run(work: Coroutine[Any, Any, _Result]) -> _Result:
    try:
        return asyncio.run(work)
    except Unreachable as error:
        raise exits.Unavailable(f"{error}. Start one with `insitechart serve`, or name it with --url") from error
    except (Refused, ScrapeError) as error:
        raise exits.Failed(str(error)) from error


def _token(settings: Settings) -> str | None:
    return settings.operator_token.get_secret_value() if settings.operator_token else None


def _fields(settings: Settings, mix: Mix, budgets: Budgets) -> Fields:
    schema = build_schema(settings)._schema  # noqa: SLF001  strawberry has no public way to the executable schema
    texts = {**mix.texts, **{document.name or document.id: document.text for document in builtin_documents()}}
    known = {name: coordinates(schema, text) for name, text in texts.items()}
    return Fields(known, field_seconds(schema), budgets.operation_seconds)
