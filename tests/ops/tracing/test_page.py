"""docs/tracing.md says what the spans say."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tracing.md").read_text()
_TABLE = re.compile(r"^\| (`insitechart\..+?) \|", re.MULTILINE)
_OWN = re.compile(r'"(insitechart\.[a-z_.]+)"')


def test_the_table_has_the_attributes() -> None:
    """Every attribute of ours is explained, and none that is not there."""
    sources = (ROOT / "ops" / "tracing").glob("*.py")
    said = {name for path in sources for name in _OWN.findall(path.read_text())}
    assert said == set(_listed())


def _listed() -> list[str]:
    """Return the names in the table's first column; the second in a cell may leave out what it shares."""
    names: list[str] = []
    for cell in _TABLE.findall(PAGE):
        first, *rest = re.findall(r"`([^`]+)`", cell)
        names += [first, *(first.rpartition(".")[0] + one for one in rest)]
    return names
