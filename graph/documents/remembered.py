"""A least-recently-used memory with two bounds, entries and bytes."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by digest; the least recently used go first when entries or bytes run over.

    A value that alone exceeds the bytes is not kept.
    """

    def __init__(self, *, entries: int, size: int) -> None:
        self._entries = entries
        self._bytes = size
        self._used = 0
        self._values: OrderedDict[bytes, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    @property
    def bytes_used(self) -> int:
        """Bytes of all values kept, as their owners estimated them."""
        return self._used

    def get(self, digest: bytes) -> Value | None:
        """Return the value and mark it as just used, or None."""
        found = self._values.get(digest)
        if found is None:
            return None
        self._values.move_to_end(digest)
        return found[0]

    def put(self, digest: bytes, value: Value, size: int) -> None:
        """Keep a value of `size` bytes."""
        replaced = self._values.pop(digest, None)
        if replaced is not None:
            self._used -= replaced[1]
        if size > self._bytes:
            return
        self._values[digest] = (value, size)
        self._used += size
        while len(self._values) > self._entries or self._used > self._bytes:
            _, (_, dropped) = self._values.popitem(last=False)
            self._used -= dropped
