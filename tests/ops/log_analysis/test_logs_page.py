"""The page of the log lines says what the list of fields says."""

from pathlib import Path

from ops.log_analysis import trends
from ops.log_fields import EVERY_LINE, FIELDS

PAGE = (Path(__file__).parents[3] / "docs" / "logs.md").read_text()


def test_every_field_stands_in_the_table_of_its_line() -> None:
    """In the list's order and words, and no others."""
    rows = [row for row in PAGE.splitlines() if row.startswith("| `")]
    fields = [*EVERY_LINE, *(field for kind in FIELDS.values() for field in kind)]
    assert rows == [f"| `{each.name}` | {each.type} | {each.description} | `{each.example}` |" for each in fields]
    for event in FIELDS:
        assert f"`{event}`" in PAGE


def test_the_bounds_of_trends_are_those_of_the_code() -> None:
    """A reader can judge what is named."""
    assert f"from {trends.LEAST} errors on" in PAGE
    assert f"P of at most {trends.SIGNIFICANCE}" in PAGE
    assert f"at least {trends.GROWTH} times" in PAGE
