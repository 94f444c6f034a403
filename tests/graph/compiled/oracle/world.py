"""What resolvers of the misbehaving schema return: each value a pure function of the world, an object and a field.

So the order in which executors ask does not matter, and both meet the same good and bad values.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple, Self
from zlib import crc32

from tests.graph.compiled.oracle.values import ODD, SOUND

_SCALE = 10_000


class Shape(NamedTuple):
    """An output type: a named one, or a list of another; nullable or not."""

    name: str | None
    item: "Shape | None"
    null: bool

    @classmethod
    def read(cls, text: str) -> Self:
        """Read GraphQL's own notation, as `[Int!]`."""
        null = not text.endswith("!")
        bare = text.removesuffix("!")
        if bare.startswith("["):
            return cls(None, cls.read(bare[1:-1]), null)
        return cls(bare, None, null)


class Failing:
    """An iterable that fails after its second item."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._items = items

    def __repr__(self) -> str:
        return "<Failing>"

    def __iter__(self) -> Iterator[Any]:
        yield from self._items[:2]
        raise OSError("the list broke off")


_CONTAINERS = (
    tuple,
    deque,
    iter,
    lambda items: (item for item in items),
    lambda items: dict(enumerate(items)).values(),
)
_ODD_CONTAINERS = (
    lambda items: dict(enumerate(items)),
    lambda _: "a text",
    lambda _: b"bytes",
    lambda _: 7,
    lambda _: None,
    lambda _: ValueError("returned for a list"),
    lambda items: {number for number, _ in enumerate(items)},
    lambda items: [items],
    Failing,
)


@dataclass(frozen=True, slots=True)
class World:
    """A seed, how many of 10,000 values are odd, and how long lists may be."""

    seed: int
    odd: int
    longest: int = 3
    counter: Iterator[int] = field(default_factory=lambda: count(1), compare=False, repr=False)

    def count(self) -> int:
        """Return how often this has been asked: what mutations leave behind."""
        return next(self.counter)

    def roll(self, key: int, what: str) -> int:
        """Return a number that only this world, this object and this question have."""
        return crc32(f"{self.seed}:{key}:{what}".encode())

    def misbehaves(self, key: int, what: str) -> bool:
        """Tell whether this value is an odd one."""
        return self.roll(key, what + "?") % _SCALE < self.odd

    def value(self, key: int, field: str, shape: Shape) -> Any:
        """Return the value of a field, or raise what its resolver raises."""
        roll = self.roll(key, field)
        if shape.null and roll % 7 == 0:
            return None
        if shape.item is not None:
            return self._list(key, field, shape.item, roll)
        assert shape.name is not None
        if self.misbehaves(key, field):
            return self._odd(key, field, shape.name, roll)
        makers = SOUND.get(shape.name)
        if makers is not None:
            return makers[roll % len(makers)]()
        return self._object(key, field, shape.name, roll)

    def _list(self, key: int, field: str, item: Shape, roll: int) -> Any:
        if roll % 11 == 0:
            items = []
        else:
            keys = [self.roll(key, f"{field}[{place}]") for place in range(1 + roll // 11 % self.longest)]
            items = [self._item(one, field, item) for one in keys]
        if self.misbehaves(key, field + "[]"):
            return _ODD_CONTAINERS[roll % len(_ODD_CONTAINERS)](items)
        if roll % 5 == 0:
            return _CONTAINERS[roll % len(_CONTAINERS)](items)
        return items

    def _item(self, key: int, field: str, shape: Shape) -> Any:
        try:
            return self.value(key, field, shape)
        except Exception as error:  # noqa: BLE001 - one that a resolver would raise stands in the list instead
            return error

    def _odd(self, key: int, field: str, name: str, roll: int) -> Any:
        from tests.graph.compiled.oracle.things import odd_thing  # noqa: PLC0415 - things are made of worlds

        if name not in SOUND and roll % 3:
            return odd_thing(self, key, field, name, roll)
        return ODD[roll % len(ODD)]()

    def _object(self, key: int, field: str, name: str, roll: int) -> Any:
        from tests.graph.compiled.oracle.things import thing  # noqa: PLC0415 - as above

        return thing(self, self.roll(key, field + "."), name, roll)
