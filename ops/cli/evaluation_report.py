"""The figures of an evaluation, as tables for a person or as one record for a program."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.sentiment.evaluation import Evaluation, ScoredText
from ingest.sentiment.labelled import LabelledTexts
from ingest.sentiment.labels import SKIP, Meaning
from ingest.sentiment.metrics import CLASSES, ClassFigures
from storage.rows import SCORE_UNIT

LINE = 280


def one_line(text: str) -> str:
    """Write a foreign text on one line, control characters as spaces, and say how long it is where it is cut."""
    visible = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return visible if len(visible) <= LINE else f"{visible[:LINE]}… {len(text):,} characters"


def print_report(model: str, labelled: LabelledTexts, evaluation: Evaluation, errors: int) -> None:
    """Print what was read, the figures, a table of the classes with the confusion, and the worst errors."""
    console = Console(highlight=False, emoji=False)
    confusion = evaluation.confusion
    passed = len(labelled.rejections)
    lines = [
        f"{confusion.total:,} texts scored, {passed:,} rows passed over, {labelled.skipped:,} left out",
        f"text: {labelled.text_column}; label: {labelled.label_column}; model: {model}",
    ]
    if labelled.labels.guess:
        lines.append(f"labels read as {labelled.labels.guess}; --map says otherwise")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    console.print()
    console.print(f"accuracy  {confusion.accuracy:.3f}\nmacro-F1  {confusion.macro_f1:.3f}")
    console.print(f"AUC       {_figure(evaluation.auc)}  positive against negative, by score")
    if evaluation.r is not None:
        console.print(f"r         {evaluation.r:.3f}  Pearson, score against label")
    console.print()
    console.print(_classes(evaluation))
    if worst := evaluation.worst(errors):
        console.print("\nworst errors")
        for each in worst:
            console.print(_error(each), soft_wrap=True)


def as_record(model: str, labelled: LabelledTexts, evaluation: Evaluation, errors: int) -> dict[str, Any]:
    """Return the same as one JSON object; null are figures that do not exist, and the meanings of numeric labels."""
    confusion = evaluation.confusion
    return {
        "model": model,
        "textColumn": labelled.text_column,
        "labelColumn": labelled.label_column,
        "labels": None if labelled.labels.numeric else _meanings(labelled.labels.meanings),
        "texts": confusion.total,
        "passedOver": [
            {"line": each.line, "reason": each.reason, "detail": each.detail} for each in labelled.rejections
        ],
        "leftOut": labelled.skipped,
        "accuracy": confusion.accuracy,
        "macroF1": confusion.macro_f1,
        "auc": evaluation.auc,
        "r": evaluation.r,
        "classes": [
            {"class": each.label.value, "rows": each.rows, **_figures(each)} for each in confusion.classes
        ],
        "confusion": {
            labelled_as.value: {scored.value: confusion.counts[labelled_as, scored] for scored in CLASSES}
            for labelled_as in CLASSES
        },
        "worst": [_error_record(each) for each in evaluation.worst(errors)],
    }  # fmt: skip


def _meanings(meanings: Mapping[str, Meaning]) -> dict[str, str]:
    return {spelling: meaning.value if meaning else SKIP for spelling, meaning in meanings.items()}


def _figures(each: ClassFigures) -> dict[str, float]:
    return {"precision": each.precision, "recall": each.recall, "f1": each.f1}


def _classes(evaluation: Evaluation) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("labelled")
    for heading in ("rows", "precision", "recall", "F1", *(f"scored {label.value}" for label in CLASSES)):
        table.add_column(heading, justify="right")
    for each in evaluation.confusion.classes:
        scored = (f"{evaluation.confusion.counts[each.label, label]:,}" for label in CLASSES)
        figures = (f"{figure:.3f}" for figure in (each.precision, each.recall, each.f1))
        table.add_row(each.label.value, f"{each.rows:,}", *figures, *scored)
    return table


def _error(each: ScoredText) -> Text:
    evidence = ", ".join(f"{word} {weight:+.1f}" for word, weight in each.score.evidence) or "none"
    value = each.score.value / SCORE_UNIT
    return Text(
        f"line {each.row.line}: {each.row.label.value}, scored {value:+.2f} ({each.score.label.value})\n"
        f"  {one_line(each.row.text)}\n  evidence: {evidence}"
    )


def _error_record(each: ScoredText) -> dict[str, Any]:
    return {
        "line": each.row.line,
        "text": each.row.text,
        "label": each.row.label.value,
        "score": each.score.value / SCORE_UNIT,
        "scored": each.score.label.value,
        "evidence": [{"word": word, "weight": weight} for word, weight in each.score.evidence],
    }


def _figure(value: float | None) -> str:
    return "    -" if value is None else f"{value:.3f}"
