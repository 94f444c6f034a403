"""`insitechart score`: what is read in a text, which stocks it names, and how its score came about."""

import json
import sys
from collections.abc import Iterator

import click

from ingest.importing.lines import read_lines
from ingest.sentiment import Scorer
from ingest.tickers import Extractor
from ops.cli import exits
from ops.cli.endpoints import read_settings
from ops.cli.explanation import Explanation, as_record, print_explanation
from ops.cli.listing_at_hand import ListingAtHand, listing_at_hand

STANDARD_INPUT = "-"
LONGEST_TEXT = 40_000


@click.command("score")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
def score(text: str, *, as_json: bool) -> None:
    """Explain the score of a text; "-" reads one text a line from standard input.

    Shown are the text as the rules see it, the stocks it names with how they were found, the score with its class, and
    the words and weights that made it. Stocks are looked up in the database; where none is at hand, cashtags are taken
    as they stand.

    \b
    Examples:
      insitechart score "Loaded up on \\$GME calls, to the moon!!"
      insitechart score --json "Operating profit fell to EUR 3 mn from EUR 5 mn"
      head -100 posts.txt | insitechart score - --json

    Exit codes: 0 done, 1 some lines could not be read, 2 wrong usage.
    """  # noqa: D301 - click reads \b as "keep these lines"
    if len(text) > LONGEST_TEXT:
        raise click.UsageError(f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,} are scored")
    at_hand = listing_at_hand(read_settings())
    explain = _Explainer(at_hand)
    if at_hand.note:
        click.echo(at_hand.note, err=True)
    if text != STANDARD_INPUT:
        _show(explain(text), as_json=as_json)
        return
    bad = 0
    for each in _lines():
        if isinstance(each, str):
            _show(explain(each), as_json=as_json)
        else:
            bad += 1
            click.echo(f"line {each[0]}: {each[1]}", err=True)
    sys.exit(exits.FAILED if bad else exits.DONE)


class _Explainer:
    def __init__(self, at_hand: ListingAtHand) -> None:
        self._at_hand = at_hand
        self._scorer = Scorer()
        self._extractor = Extractor(at_hand.listing) if at_hand.listing is not None else None

    def __call__(self, text: str) -> Explanation:
        extractor = self._extractor or Extractor(self._at_hand.cashtags(text))
        return Explanation(text, self._scorer.normalised(text), extractor.find(text), self._scorer.score(text))


def _lines() -> Iterator[str | tuple[int, str]]:
    """Give the lines of standard input, empty ones left out, or (number, fault) for those that cannot be read."""
    for line in read_lines(sys.stdin.buffer):
        text = line.text.rstrip("\r\n")
        if line.fault:
            yield line.number, line.fault
        elif len(text) > LONGEST_TEXT:
            yield line.number, f"longer than {LONGEST_TEXT:,} characters"
        elif text.strip():
            yield text


def _show(explanation: Explanation, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(as_record(explanation), ensure_ascii=False))
    else:
        print_explanation(explanation)
