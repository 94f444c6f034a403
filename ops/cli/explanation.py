"""A score explained, as tables for a person or as one record for a program."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from ingest.sentiment import Score
from ingest.tickers import Match
from storage.rows import SCORE_UNIT
from storage.terms import SCORER


@dataclass(frozen=True, slots=True)
class Explanation:
    """A text, as written and as read, with the stocks it names and its score."""

    text: str
    normalised: str
    matches: tuple[Match, ...]
    score: Score


def print_explanation(explanation: Explanation) -> None:
    """Print the text as read, the score, the stocks, and the evidence."""
    console = Console(highlight=False, emoji=False)
    score = explanation.score
    console.print(f"read as  {explanation.normalised or 'nothing'}", markup=False, soft_wrap=True)
    console.print(f"score    {score.value / SCORE_UNIT:+.4f}  {score.label.value}")
    console.print(f"model    {SCORER}")
    console.print()
    if explanation.matches:
        stocks = _table("stock", "found as", "relevance", "because")
        for each in explanation.matches:
            stocks.add_row(each.symbol, each.tier, f"{each.relevance:.2f}", each.reason)
        console.print(stocks)
    else:
        console.print("no stock found")
    console.print()
    if score.evidence:
        words = _table("word", "weight")
        for word, weight in score.evidence:
            words.add_row(word, f"{weight:+.2f}")
        console.print(words)
    else:
        console.print("no word weighs anything")
    console.print()


def as_record(explanation: Explanation) -> dict[str, Any]:
    """Return the same as one JSON object."""
    return {
        "text": explanation.text,
        "normalised": explanation.normalised,
        "score": explanation.score.value / SCORE_UNIT,
        "label": explanation.score.label.value,
        "model": SCORER,
        "tickers": [
            {"symbol": each.symbol, "tier": each.tier, "reason": each.reason, "relevance": each.relevance}
            for each in explanation.matches
        ],
        "evidence": [{"word": word, "weight": weight} for word, weight in explanation.score.evidence],
    }


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
