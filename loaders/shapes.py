"""The two shapes that nearly every loader has: a question about each symbol, and a question that stands alone."""

from collections.abc import Hashable, Mapping
from typing import Any, Generic, TypeVar

from loaders.base import Loader

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class SymbolLoader(Loader[Key, tuple[Any, ...], str, Value], Generic[Key, Value]):
    """A loader whose key is a NamedTuple of the symbol and then what a segment shares, or a bare symbol."""

    @staticmethod
    def split(key: Key) -> tuple[tuple[Any, ...], str]:
        """Take the first member as param and the rest as segment."""
        if isinstance(key, str):
            return (), key
        parts: tuple[Any, ...] = tuple(key)  # type: ignore[arg-type]  # "some NamedTuple" is no bound
        return parts[1:], parts[0]


class WholeLoader(Loader[Key, Key, None, Value], Generic[Key, Value]):
    """A loader whose key is one segment by itself: a root page, a snapshot. Subclasses define `fetch_one`."""

    @staticmethod
    def split(key: Key) -> tuple[Key, None]:
        """Take all of the key as segment."""
        return key, None

    async def fetch(self, segment: Key, params: list[None]) -> Mapping[None, Value | Exception]:
        """Answer the segment's only param."""
        return dict.fromkeys(params, await self.fetch_one(segment))

    async def fetch_one(self, key: Key) -> Value:
        """Answer one key."""
        raise TypeError(f"the loader of {key!r} does not say how to fetch")
