"""Strawberry's naming, remembered: it turns every name of every input into camel case anew, for each request."""

from collections.abc import Callable
from copy import copy
from typing import Any

_MOST = 10_000


class RememberedNames:
    """A name converter that asks the schema's own once per field or argument; these live as long as the schema."""

    def __init__(self, converter: Any) -> None:
        self._converter = converter
        self._names: dict[int, tuple[Any, str]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._converter, name)

    def from_field(self, field: Any) -> str:
        """Return a field's name in the schema."""
        return self._remembered(field, self._converter.from_field)

    def from_argument(self, argument: Any) -> str:
        """Return an argument's name in the schema."""
        return self._remembered(argument, self._converter.from_argument)

    def _remembered(self, named: Any, convert: Callable[[Any], str]) -> str:
        found = self._names.get(id(named))
        if found is None:
            if len(self._names) >= _MOST:
                self._names.clear()
            found = self._names[id(named)] = (named, convert(named))  # held, so that its id() is not used again
        return found[1]


def remember_names(config: Any) -> Any:
    """Return a copy of a Strawberry configuration whose converter remembers."""
    remembering = copy(config)
    remembering.name_converter = RememberedNames(config.name_converter)
    return remembering
