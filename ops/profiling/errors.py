"""Why no flame graph can be made."""


class CannotProfile(Exception):
    """The message says what stands in the way, and what to do about it."""
