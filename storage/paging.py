"""Keyset pages: what is asked of a repository, and what it gives back.

Positions are the values of the sort columns of one row, in their order. A backward page is the last `limit` rows
before the position; its rows still come in display order.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

Row = TypeVar("Row")
Of = TypeVar("Of")
SortValue = str | int | datetime | None
Position = tuple[SortValue, ...]


class PageRequest(msgspec.Struct, frozen=True, cache_hash=True):
    """`limit` rows after `position` (backward: before it); no position means from the end concerned.

    Without `peek` nobody looks beyond the page for a row more.
    """

    limit: int
    position: Position | None = None
    backward: bool = False
    peek: bool = True

    @property
    def most(self) -> int:
        """How many rows to fetch: one beyond the page tells that there are more."""
        return self.limit + self.peek


class Page(msgspec.Struct, Generic[Row], frozen=True, gc=False):
    """Rows in display order, and whether more lie on either side; None where nobody was to look."""

    rows: list[Row]
    has_next: bool | None
    has_previous: bool | None


def cut(fetched: list[Row], request: PageRequest) -> Page[Row]:
    """Make a page of up to `limit + 1` rows, or `request.most`, in scan order (reversed for a backward page).

    Beyond the position there is at least the row that made it, so a page with a position has a neighbour on that side.
    """
    more = len(fetched) > request.limit if request.peek else None
    rows = fetched if len(fetched) <= request.limit else fetched[: request.limit]
    beyond = request.position is not None
    if request.backward:
        return Page(rows[::-1], has_next=beyond, has_previous=more)
    return Page(rows, has_next=more, has_previous=beyond)


def cut_each(fetched: Mapping[Of, list[Row]], request: PageRequest) -> dict[Of, Page[Row]]:
    """Make a page of each list of rows, as `cut` does."""
    if request.peek or request.backward:
        return {of: cut(rows, request) for of, rows in fetched.items()}
    beyond = request.position is not None
    return {of: Page(rows, None, beyond) for of, rows in fetched.items()}  # none holds more than was asked for
