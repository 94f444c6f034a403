"""The error catalogue as a list, for tests that compare it with what others say of it."""

from ops import persisted_errors
from ops.errors import PublicError

BRANCHES = (persisted_errors,)
"""Modules that hold a branch of the tree of their own; imported, they are part of it."""


def catalogue(root: type[PublicError] = PublicError) -> list[type[PublicError]]:
    """Return every error with a code, in the order of its file; that of documents comes last in its branch."""
    own = [root] if "code" in vars(root) else []
    return own + [error for child in root.__subclasses__() for error in catalogue(child)]
