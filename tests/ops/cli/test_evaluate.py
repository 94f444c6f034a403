"""`insitechart evaluate`: columns, labels, figures, bad rows, exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ops.cli import exits, main

ROWS = (
    ("Profit rose", "positive"),
    ("Profit fell", "negative"),
    ("The office is in Oslo", "neutral"),
    ("to the moon", "negative"),
)


def run(*arguments: str, data: str | bytes | None = None) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["evaluate", *arguments], input=data)


def figures(*arguments: str, data: str) -> dict[str, Any]:
    """Evaluate standard input, and read the JSON."""
    result = run("-", "--json", *arguments, data=data)
    assert result.exit_code == exits.DONE, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def table(rows: tuple[tuple[str, str], ...] = ROWS, header: str = "text,label") -> str:
    """Write rows as CSV."""
    return "\n".join([header, *(f'"{text}",{label}' for text, label in rows)]) + "\n"


def test_figures_are_those_of_the_rows() -> None:
    """Three of four rows right; the worst error with its line and the words that made it."""
    found = figures(data=table())
    assert (found["texts"], found["accuracy"]) == (4, 0.75)
    assert found["auc"] == 0.5
    assert found["r"] is None
    assert found["confusion"]["negative"] == {"positive": 1, "neutral": 0, "negative": 1}
    assert [each["rows"] for each in found["classes"]] == [1, 1, 2]
    assert found["worst"][0]["line"] == 5
    assert found["worst"][0]["evidence"] == [{"word": "to the moon", "weight": 3.2}]


def test_a_person_gets_tables(tmp_path: Path) -> None:
    """The same for a terminal: file, columns, model, figures, confusion, the error and its evidence."""
    path = tmp_path / "own.csv"
    path.write_text(table())
    result = run(str(path))
    assert result.exit_code == exits.DONE
    for part in (
        "4 texts scored",
        "insitechart-2.",
        "accuracy  0.750",
        "macro-F1",
        "precision",
        "to the moon +3.2",
    ):
        assert part in result.stdout


@pytest.mark.parametrize("labels", ["0,1,2", "1,0", "0,2,4"])
def test_codes_are_not_guessed(labels: str) -> None:
    """Sets disagree on what 0, 1 and 2 mean, so the meaning is asked for, with an example to copy."""
    rows = tuple(("Profit rose", label) for label in labels.split(","))
    result = run("-", data=table(rows))
    assert result.exit_code == exits.USAGE
    assert "can mean several things" in result.stderr
    assert "--map 0=negative" in result.stderr


def test_codes_can_be_told_and_rows_left_out() -> None:
    """`--map` in any case; the class "skip" leaves rows out and counts them."""
    rows = (("Profit rose", "2"), ("Profit fell", "0"), ("who knows", "9"))
    found = figures("--map", "2=Positive", "--map", "0=negative", "--map", "9=skip", data=table(rows))
    assert (found["texts"], found["leftOut"], found["accuracy"]) == (2, 1, 1.0)


@pytest.mark.parametrize(
    ("good", "bad"), [("Bullish", "BEARISH"), ("pos", "neg"), ("1", "-1"), ("0.43", "-0.2"), ("buy", "sell")]
)
def test_clear_labels_need_no_telling(good: str, bad: str) -> None:
    """Words say what they mean, signs and scores too."""
    found = figures(data=table((("Profit rose", good), ("Profit fell", bad))))
    assert found["accuracy"] == 1.0
    assert found["r"] == (pytest.approx(1.0) if good[-1].isdigit() else None)


def test_columns_by_name_or_by_flag() -> None:
    """Usual names are found; others are asked for with the columns that there are."""
    assert figures(data=table(header="Tweet Text,Sentiment"))["textColumn"] == "Tweet Text"
    assert figures("--text", "a", "--label", "b", data=table(header="a,b"))["labelColumn"] == "b"
    for header, told in (
        ("a,label", "--text COLUMN; the columns are a, label"),
        ("text,title,label", "several columns"),
    ):
        result = run("-", data=f"{header}\n")
        assert result.exit_code == exits.USAGE
        assert told in result.stderr
    result = run("-", "--label", "nope", data=table())
    assert (result.exit_code, "there is no column nope" in result.stderr) == (exits.USAGE, True)


def test_bad_rows_are_named_and_the_rest_is_scored() -> None:
    """An unknown label, no text, a ragged row, bytes that are no text: each with its line."""
    data = table().encode() + b'"x",perhaps\n"",positive\n"a","b","c"\n"\xff",positive\n'
    result = run("-", data=data)
    assert result.exit_code == exits.FAILED
    for told in (
        "line 6: the label is not known (perhaps)",
        "line 7: the text is empty",
        "line 8:",
        "line 9: not UTF-8",
    ):
        assert told in result.stderr
    assert "4 texts scored, 4 rows passed over" in result.stdout


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("", "there is no header"),
        ("text,label\n", "no row has a label"),
        (table((("x", "odd"), ("y", "even"))), "the labels even, odd are not known"),
        (table((("", "positive"),)), "no row can be used; line 2: the text is empty"),
    ],
)
def test_input_of_no_use_is_refused(data: str, told: str) -> None:
    """Exit code 2, and what would be right."""
    result = run("-", data=data)
    assert (result.exit_code, told in result.stderr) == (exits.USAGE, True), result.stderr


def test_wrong_usage() -> None:
    """A file that is not there, a mapping that is none, a class that is none."""
    assert run("/nowhere.csv").exit_code == exits.USAGE
    for mapping in ("0", "0=good", "=positive"):
        result = run("-", "--map", mapping, data=table())
        assert (result.exit_code, "LABEL=CLASS" in result.stderr) == (exits.USAGE, True)


def test_plain_vader_can_be_judged_too() -> None:
    """The baseline, on the same rows."""
    found = figures("--scorer", "vader", data=table())
    assert found["model"] == "nltk's VADER"
    assert found["accuracy"] < 0.75
