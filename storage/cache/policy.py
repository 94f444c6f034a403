"""How a loader's answers are cached: for how long, under which tags, as what type, and on which levels."""

from collections.abc import Callable, Hashable, Iterable
from enum import IntEnum
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

import msgspec

from storage.cache.tags import wholes

MEANING: Final = 1
"""Raise it when what a cached value means changes while its type stays: values of another number are never read."""


LARGEST: Final = 65_536
"""Bytes of an answer that is kept, unless its loader says otherwise: a page of a hundred stocks brings a hundred."""


class Seconds(IntEnum):
    """How long a value is kept at most: the last bound on its age, where a writer died before it could tell."""

    MINUTE = 60
    FIVE_MINUTES = 300
    HOUR = 3_600


class RowPolicy:
    """A loader's class attribute. `tags(segment, param)` names what an answer is made of, before it is read.

    `shared` values also stand in Redis; what is asked for by the request's instant is gone with it, and is not. Of
    processes that miss the same value where `flight` is set, one reads it while the others wait a little. `counted`
    params are symbols, whose asks are counted for warming. An answer of more than `most` bytes is not kept; `size`
    tells the bytes of one that has no encoded form, and is not shared.
    """

    def __init__(
        self,
        seconds: Seconds,
        tags: Callable[[Any, Any], Iterable[str]],
        rows: Any,
        *,
        shared: bool = True,
        flight: bool = False,
        counted: bool = False,
        most: int = LARGEST,
        size: Callable[[Any], int] | None = None,
    ) -> None:
        self.name = ""
        self.loader: Any = None
        self.seconds = int(seconds)
        self.rows = rows
        self.shared = shared
        self.flight = flight
        self.counted = counted
        self.most = most
        self.size = size
        self._tags = tags
        self._wholes: tuple[str, ...] = ()

    def __set_name__(self, owner: type[Any], name: str) -> None:
        """Take the loader's name, which parts its values from others'."""
        self.loader = owner
        self.name = owner.__name__

    def tags(self, segment: Hashable, param: Hashable) -> tuple[str, ...]:
        """Return the tags of one answer."""
        return tuple(self._tags(segment, param))

    def tags_by_param(self, segment: Hashable, params: Iterable[Hashable]) -> dict[Any, tuple[str, ...]]:
        """Return the tags of each answer."""
        tags = self._tags
        return {param: tuple(tags(segment, param)) for param in params}

    def all_tags(self, segment: Hashable, params: Iterable[Hashable]) -> set[str]:
        """Return the tags of many answers."""
        return {tag for param in params for tag in self._tags(segment, param)}

    def versions(self, tags: tuple[str, ...]) -> tuple[str, ...]:
        """Return the tags whose versions an answer depends on: its own, and the wholes of their kinds."""
        if not self._wholes:  # all answers of a loader have tags of the same kinds, or none
            self._wholes = tuple(wholes(tags))
        return tags + self._wholes if tags else tags

    @cached_property
    def decoder(self) -> "msgspec.msgpack.Decoder[Any]":
        """Decodes a value strictly as its type."""
        return msgspec.msgpack.Decoder(self.rows)

    @cached_property
    def shape(self) -> str:
        """A fingerprint of the type: releases whose rows differ never read each other's values."""
        described = msgspec.json.encode([MEANING, msgspec.json.schema(self.rows)], order="deterministic")
        return blake2b(described, digest_size=6).hexdigest()


def of_symbol(*kinds: str) -> Callable[[Any, Any], tuple[str, ...]]:
    """Make tags of a param that is a symbol."""
    if len(kinds) == 1:
        (kind,) = kinds
        return lambda _segment, param: (f"{kind}:{param}",)
    return lambda _segment, param: tuple(f"{kind}:{param}" for kind in kinds)


def always(*tags: str) -> Callable[[Any, Any], tuple[str, ...]]:
    """Make tags that are the same for every answer."""
    return lambda _segment, _param: tags
