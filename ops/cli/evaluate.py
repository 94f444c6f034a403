"""`insitechart evaluate`: how well the scorer does on anybody's labelled texts."""

import json
import sys
from collections.abc import Mapping, Sequence

import click
from rich.console import Console

from ingest.importing.faults import UnusableInput
from ingest.importing.sources import open_source
from ingest.sentiment import Scorer
from ingest.sentiment.evaluation import evaluate as evaluate_rows
from ingest.sentiment.labelled import LabelledTexts, read_labelled
from ingest.sentiment.labels import CLASS_NAMES, SKIP, Meaning
from ingest.sentiment.plain import plain_scorer
from ops.cli import exits
from ops.cli.evaluation_report import as_record, print_report
from ops.cli.ranges import Whole
from storage.terms import SCORER, SentimentLabel

_SHOWN_REJECTIONS = 20
_MODELS = {"finance": SCORER, "vader": "nltk's VADER"}


def _meanings(ctx: click.Context, parameter: click.Parameter, values: Sequence[str]) -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for value in values:
        spelling, equals, name = value.rpartition("=")
        if not equals or not spelling or name.lower() not in CLASS_NAMES:
            raise click.BadParameter(
                f"'{value}' is not LABEL=CLASS, with one of {', '.join(CLASS_NAMES)}", ctx, parameter
            )
        found[spelling.strip().lower()] = None if name.lower() == SKIP else SentimentLabel(name.lower())
    return found


@click.command("evaluate")
@click.argument("file")
@click.option("--text", metavar="COLUMN", help="The column with the texts.  [default: told by its name]")
@click.option("--label", metavar="COLUMN", help="The column with the labels.  [default: told by its name]")
@click.option(
    "--map", "given", multiple=True, metavar="LABEL=CLASS", callback=_meanings, help="What a label means; repeatable."
)
@click.option("--scorer", type=click.Choice(list(_MODELS)), default="finance", show_default=True, help="What to judge.")
@click.option(
    "--errors",
    type=Whole(0, 1000),
    default=10,
    show_default=True,
    help="How many of the worst errors to show.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(
    file: str,
    text: str | None,
    label: str | None,
    given: Mapping[str, Meaning],
    scorer: str,
    errors: int,
    *,
    as_json: bool,
) -> None:
    """Compare scores with the labels of a CSV file: accuracy, F1, AUC, and the worst errors with their evidence.

    Labels are positive, negative and neutral, or bullish and bearish, or numbers: signs and scores are understood,
    codes as 0, 1, 2 need --map. The class "skip" leaves rows out. Gzip, and "-" for standard input, are read too.

    \b
    Examples:
      insitechart evaluate posts.csv
      insitechart evaluate tweets.csv --map 0=negative --map 1=positive --map 2=neutral
      insitechart evaluate odd.csv --text "Tweet Text" --label Sentiment --errors 30
      insitechart evaluate posts.csv --scorer vader --json

    Exit codes: 0 every row was scored, 1 some rows were passed over, 2 wrong usage or unusable input.
    """  # noqa: D301 - click reads \b as "keep these lines"
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    try:
        with open_source(file, "csv") as source:
            labelled = read_labelled(source, text, label, given)
    except UnusableInput as unusable:
        problem = str(unusable)
        console.print(problem if problem.startswith(file) else f"{file}: {problem}", markup=False)
        sys.exit(exits.USAGE)
    _tell_rejections(console, file, labelled)
    evaluation = evaluate_rows(labelled.rows, plain_scorer() if scorer == "vader" else Scorer())
    if as_json:
        click.echo(json.dumps(as_record(_MODELS[scorer], labelled, evaluation, errors), indent=2, ensure_ascii=False))
    else:
        print_report(_MODELS[scorer], labelled, evaluation, errors)
    sys.exit(exits.FAILED if labelled.rejections else exits.DONE)


def _tell_rejections(console: Console, file: str, labelled: LabelledTexts) -> None:
    for rejection in labelled.rejections[:_SHOWN_REJECTIONS]:
        console.print(f"{file}: {rejection}", markup=False)
    if (hidden := len(labelled.rejections) - _SHOWN_REJECTIONS) > 0:
        console.print(f"{file}: … and {hidden:,} more rows passed over", markup=False)
