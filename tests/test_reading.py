"""The README leads to every page, and every link between files leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the heading of each link to a file; the heading may be empty."""
    for target in LINK.findall(page.read_text()):
        if "://" not in target:
            path, _, heading = target.partition("#")
            yield (page.parent / path).resolve() if path else page, heading


def headings(page: Path) -> set[str]:
    """Name a page's headings as links do: small letters, hyphens for spaces, no other punctuation."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_readme_leads_to_every_page() -> None:
    """A page that only a listing of the folder shows is not read."""
    assert PAGES
    led_to = {path for path, _ in links(ROOT / "README.md")}
    assert [page.name for page in PAGES if page not in led_to] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Files are there, and so are the headings within them."""
    dead = [
        f"{path.name}#{heading}"
        for path, heading in links(page)
        if not path.exists() or (heading and heading not in headings(path))
    ]
    assert dead == []
