"""A failure in a column: it stands where the value would, until the repair gives it a path."""

from collections.abc import Sequence
from typing import Any


class Failure:
    """One item's error. `before` holds the completed items of a list whose iteration broke off."""

    __slots__ = ("before", "error")

    def __init__(self, error: Exception, before: Sequence[Any] = ()) -> None:
        self.error = error
        self.before = before


SKIPPED = Failure(RuntimeError("not resolved, because a null covers it"))
"""Stands where nothing was resolved, because what failed beside it makes a place around both null; never told."""


class Unsupported(Exception):
    """The compiler does not know this construct; the operation runs on graphql-core. The message is the reason."""
