"""The published table of errors is the catalogue."""

import re
from pathlib import Path

from tests.catalogue import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (\d{3}) \| (yes|no) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def test_the_table_is_the_catalogue() -> None:
    """Codes, statuses, retryability and meanings are equal, in the same order, and every row has an example."""
    rows = [row[:4] for row in ROW.findall(PAGE.read_text())]
    expected = [
        (error.code, str(error.status), "yes" if error.retryable else "no", (error.__doc__ or "").split("\n\n")[0])
        for error in catalogue()
    ]
    assert rows == expected


def test_codes_are_unique() -> None:
    """No two errors share a code."""
    codes = [error.code for error in catalogue()]
    assert len(set(codes)) == len(codes)
