"""The error catalogue as a list, for tests that compare it with what others say of it."""

from ops.errors import PublicError


def catalogue(root: type[PublicError] = PublicError) -> list[type[PublicError]]:
    """Return every error with a code, in the order of its file."""
    own = [root] if "code" in vars(root) else []
    return own + [error for child in root.__subclasses__() for error in catalogue(child)]
