"""The memory level: answers of this process by loader, segment and param, bounded by bytes and dropped by tag.

What goes first is what was not asked for since the last look at it (CLOCK: a look-up sets one bit, and whoever needs
room passes over what has it set, once). That keeps what an LRU would, and a hit moves nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any, Final, NamedTuple

from storage.cache.policy import RowPolicy

OVERHEAD: Final = 800
"""Bytes that an entry takes besides its value: itself, its places in three tables, its tags."""
HEAP_PER_BYTE: Final = 3.2
"""Bytes of heap per byte of MessagePack that rows take at most; measured, see docs/caching.md."""
REFRESH_FROM: Final = 0.8
"""The share of its time after which a value that is asked for is read again ahead of its end."""

Shelf = dict[Hashable, "Entry"]
Place = tuple[RowPolicy, Hashable]


class Entry:
    """One answer; times are of the cache's clock, sizes in bytes."""

    __slots__ = ("due", "ends", "param", "place", "size", "tags", "used", "value")

    def __init__(self, place: Place, param: Hashable, value: Any, tags: tuple[str, ...], size: int) -> None:
        self.place = place
        self.param = param
        self.value = value
        self.tags = tags
        self.size = size
        self.used = False
        self.due = self.ends = 0.0


class Recalled(NamedTuple):
    """What memory has of some params, and which of them are about to end."""

    found: dict[Any, Any]
    due: list[Hashable]


class Memory:
    """Holds at most `most` bytes, by their estimate; `clock` is in seconds."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self.most = most
        self.bytes = 0
        self._clock = clock
        self._shelves: dict[Place, Shelf] = {}
        self._queue: OrderedDict[Entry, None] = OrderedDict()
        self._tagged: dict[str, set[Entry]] = {}

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._queue)

    def recall(self, place: Place, params: Iterable[Hashable]) -> Recalled:
        """Return what is known."""
        found: dict[Any, Any] = {}
        due: list[Hashable] = []
        shelf = self._shelves.get(place)
        if shelf is not None:
            now = self._clock()
            for param in params:
                entry = shelf.get(param)
                if entry is None:
                    continue
                if entry.due <= now:
                    if entry.ends <= now:
                        continue
                    due.append(param)
                entry.used = True
                found[param] = entry.value
        return Recalled(found, due)

    def put(self, entry: Entry, seconds: float) -> None:
        """Keep an answer for some seconds, unless it alone would take more than an eighth of the room."""
        if entry.size * 8 > self.most:
            return
        now = self._clock()
        entry.ends, entry.due = now + seconds, now + REFRESH_FROM * seconds
        shelf = self._shelves.get(entry.place)
        old = shelf.get(entry.param) if shelf is not None else None
        if old is not None:
            self._remove(old)
        if shelf is None or not shelf:  # an empty one was taken away with what it held
            shelf = self._shelves[entry.place] = {}
        shelf[entry.param] = entry
        self._queue[entry] = None
        self.bytes += entry.size
        for tag in entry.tags:
            others = self._tagged.get(tag)
            if others is None:
                self._tagged[tag] = {entry}
            else:
                others.add(entry)
        while self.bytes > self.most:
            first = next(iter(self._queue))
            if first.used and first.ends > now:
                first.used = False
                self._queue.move_to_end(first)
            else:
                self._remove(first)

    def drop(self, tags: Collection[str] | None) -> None:
        """Forget what has any of the tags; None forgets all."""
        if tags is None:
            self._shelves.clear()
            self._queue.clear()
            self._tagged.clear()
            self.bytes = 0
            return
        for tag in tags:
            for entry in self._tagged.pop(tag, ()):
                self._remove(entry)

    def _remove(self, entry: Entry) -> None:
        if entry not in self._queue:
            return
        del self._queue[entry]
        self.bytes -= entry.size
        shelf = self._shelves[entry.place]
        del shelf[entry.param]
        if not shelf:
            del self._shelves[entry.place]
        for tag in entry.tags:
            others = self._tagged.get(tag)
            if others is not None:
                others.discard(entry)
                if not others:
                    del self._tagged[tag]
