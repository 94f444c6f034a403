"""Kept answers of the present tick: bounded by bytes, found by key, dropped by tag.

The instant is part of every answer, so a new tick makes all of them useless at once.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable

from graph.responses.kept import Kept


class Shelf:
    """The least recently served answers go first. `most` is in bytes; an answer of more than a tenth is not kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tick = -1
        self._used = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._by_tag: dict[str, set[Hashable]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes_used(self) -> int:
        """Bytes of all answers that are kept."""
        return self._used

    @property
    def most(self) -> int:
        """The bound, in bytes."""
        return self._most

    def get(self, tick: int, key: Hashable, now: float) -> Kept | None:
        """Return an answer that may still be served."""
        if tick != self._tick:
            return None
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.expires_at <= now:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept

    def put(self, tick: int, key: Hashable, kept: Kept) -> None:
        """Keep an answer of the present tick; all of another tick are of no use any more."""
        if kept.size > self._most // 10:
            return
        if tick != self._tick:
            self.clear()
            self._tick = tick
        self._drop(key)
        self._kept[key] = kept
        self._used += kept.size
        for tag in kept.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while self._used > self._most:
            self._drop(next(iter(self._kept)))

    def drop(self, tags: Collection[str] | None) -> None:
        """Drop what was made of any of the tags; None drops everything."""
        if tags is None:
            self.clear()
            return
        for tag in tags:
            for key in list(self._by_tag.get(tag, ())):
                self._drop(key)

    def clear(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._by_tag.clear()
        self._used = 0

    def _drop(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self._used -= kept.size
        for tag in kept.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]
