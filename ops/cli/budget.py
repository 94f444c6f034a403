"""`insitechart budget`: whether a running server keeps its latency objectives, and what took longest."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from graph.field_budgets import field_seconds
from graph.rest.builtin import builtin_documents
from graph.schema import build_schema
from ops.budgets import load_budgets
from ops.cli import exits
from ops.cli.budget_tables import check_as_json, print_check
from ops.cli.endpoints import read_settings
from ops.cli.finite import FiniteRange
from ops.load.arrivals import Pace
from ops.load.check import Plan, Report, check
from ops.load.client import Refused, Unreachable
from ops.load.coordinates import coordinates
from ops.load.judging import all_held
from ops.load.mix import LoadError, Mix, read_mix
from ops.load.scrape import ScrapeError
from ops.load.worst_fields import Fields
from ops.settings import Settings

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
@click.option("--rate", type=FiniteRange(0.1, 5_000), default=50, show_default=True, help="Requests a second.")
@click.option("--seconds", type=FiniteRange(0.1, 3_600), default=60, show_default=True, help="How long to measure.")
@click.option("--warm-up", type=FiniteRange(0, 600), default=5, show_default=True, help="Seconds not measured before.")
@click.option("--in-flight", type=click.IntRange(1, 5_000), default=200, show_default=True, help="Unanswered at most.")
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
    token = settings.operator_token.get_secret_value() if settings.operator_token else None
    plan = Plan(
        url,
        metrics or (f"{url}/metrics",),
        Pace(rate, seconds, warm_up, in_flight),
        chosen,
        load_budgets(settings.budgets, settings.stage),
        _fields(settings, mix),
        token,
    )
    report = _run(plan)
    held = all_held(report.verdicts, strict=strict)
    if json_wanted:
        click.echo(check_as_json(report, held=held))
    else:
        print_check(report)
    if not held:
        click.get_current_context().exit(exits.FAILED)


def _run(plan: Plan) -> Report:
    try:
        return asyncio.run(check(plan))
    except Unreachable as error:
        raise exits.Unavailable(f"{error}. Start one with `insitechart serve`, or name it with --url") from error
    except (Refused, ScrapeError) as error:
        raise exits.Failed(str(error)) from error


def _fields(settings: Settings, mix: Mix) -> Fields:
    schema = build_schema(settings)._schema  # noqa: SLF001  strawberry has no public way to the executable schema
    texts = {**mix.texts, **{document.name or document.id: document.text for document in builtin_documents()}}
    return Fields({name: coordinates(schema, text) for name, text in texts.items()}, field_seconds(schema))
