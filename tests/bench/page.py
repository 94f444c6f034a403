"""The results inside a page of the documentation: between two marks, replaced whole by each run that is told to."""

from pathlib import Path

BEGIN, END = '<!-- results: written by `make bench ARGS="--page docs/performance.md"` -->', "<!-- end of results -->"


def write_results(page: Path, text: str) -> None:
    """Replace what stands between the marks. SystemExit where the page has no such place, exactly once."""
    content = page.read_text()
    if content.count(BEGIN) != 1 or content.count(END) != 1:
        raise SystemExit(f"{page} needs exactly one place for results, between\n{BEGIN}\nand\n{END}")
    before, _, rest = content.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n```text\n{text.strip()}\n```\n\n{END}{after}")
