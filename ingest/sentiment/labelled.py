"""Labelled texts from a CSV file: which column is which, what the labels mean, and which rows are no use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.importing.csv_records import CsvRecords
from ingest.importing.faults import Rejection, UnusableInput, shown
from ingest.importing.records import Record
from ingest.importing.sources import Source
from ingest.sentiment.labels import Labels, Meaning, understand
from storage.terms import SentimentLabel

MOST_ROWS = 1_000_000
_TEXTS = ("text", "sentence", "tweet", "tweet_text", "headline", "title", "message", "post", "body", "content", "news")
_LABELS = ("label", "sentiment", "class", "target", "polarity", "sentiment_score", "score")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One row: the line it starts on, its text, its class, and the label's value where labels are scores."""

    line: int
    text: str
    label: SentimentLabel
    number: float | None


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """A file's rows, with its columns and the meaning of its labels; `skipped` rows were told to be left out."""

    rows: Sequence[LabelledText]
    rejections: Sequence[Rejection]
    skipped: int
    text_column: str
    label_column: str
    labels: Labels


def read_labelled(
    source: Source, text: str | None = None, label: str | None = None, given: Mapping[str, Meaning] | None = None
) -> LabelledTexts:
    """Read a CSV file whole, for its labels are only understood together.

    Raise UnusableInput for a file without the columns, without a row of use or with more than MOST_ROWS rows, and as
    `understand` does.
    """
    records = CsvRecords(source.lines())
    text_column = _column(records.columns, text, _TEXTS, "text")
    label_column = _column([name for name in records.columns if name != text_column], label, _LABELS, "label")
    rejections: list[Rejection] = []
    kept: list[Record] = []
    for record in records:
        if isinstance(record, Rejection):
            rejections.append(record)
        elif len(kept) == MOST_ROWS:
            raise UnusableInput(f"more than {MOST_ROWS:,} rows: evaluate a part of the file")
        else:
            kept.append(record)
    labels = understand((str(record.cells[label_column]) for record in kept), given or {})
    rows: list[LabelledText] = []
    skipped = 0
    for record in kept:
        written, words = str(record.cells[label_column]).strip(), str(record.cells[text_column])
        if not words.strip():
            rejections.append(Rejection(record.line, "the text is empty"))
        elif written.lower() not in labels.meanings:
            rejections.append(Rejection(record.line, "the label is not known", shown(written) or "empty"))
        elif (meaning := labels.meanings[written.lower()]) is None:
            skipped += 1
        else:
            rows.append(LabelledText(record.line, words, meaning, float(written) if labels.numeric else None))
    rejections.sort(key=lambda each: each.line)
    if not rows:
        raise UnusableInput("no row can be used" + (f"; {rejections[0]}" if rejections else ""))
    return LabelledTexts(rows, rejections, skipped, text_column, label_column, labels)


def _column(columns: Sequence[str], asked: str | None, usual: Sequence[str], what: str) -> str:
    """Find the column that was asked for, else the only one with a usual name."""
    listed = ", ".join(map(shown, columns))
    if asked is not None:
        if asked in columns:
            return asked
        raise UnusableInput(f"there is no column {shown(asked)} for the {what}; the columns are {listed}")
    found = [name for name in columns if name.lower().replace(" ", "_") in usual]
    if len(found) == 1:
        return found[0]
    why = "several columns may be" if found else "no column is called as"
    raise UnusableInput(f"{why} the {what}: say which with --{what} COLUMN; the columns are {listed}")
