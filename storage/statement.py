"""Statements put together from constants: values only ever travel as numbered parameters."""


class Parameters:
    """The values of one statement, in the order of their numbers."""

    __slots__ = ("values",)

    def __init__(self, *values: object) -> None:
        self.values: list[object] = list(values)

    def add(self, value: object, kind: str) -> str:
        """Take a value and return how the statement refers to it, with its type: `$3::text[]`."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"
