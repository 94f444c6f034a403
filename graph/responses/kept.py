"""One kept answer, ready for the wire: its bytes, its headers, and what it was made of."""

import hashlib
from collections.abc import Hashable
from functools import cached_property, lru_cache

from graph.http.accept import MediaType
from graph.responses.policy import CachePolicy

Header = tuple[bytes, bytes]

OVERHEAD = 2_560
"""Bytes that an entry takes beside its body: headers, ready heads and keys; estimated, on the high side."""
_MOST_HEADS = 2
_MOST_COMMON = 200  # types times policies; the schema has a few
PER_TAG = 300
"""Bytes that a tag takes beside its name, where no other answer has it."""


class Kept:
    """`tags` name everything that was read; `made_at` is in seconds of a monotonic clock.

    `name` is the operation's, and `document` the SHA-256 of its document in hex.
    """

    def __init__(
        self,
        body: bytes,
        media_type: MediaType,
        policy: CachePolicy,
        tags: frozenset[str] = frozenset(),
        made_at: float = 0.0,
        name: str | None = None,
        document: str | None = None,
    ) -> None:
        self.body = body
        self.media_type = media_type
        self.policy = policy
        self.tags = tags
        self.made_at = made_at
        self.expires_at = made_at + policy.max_age
        self.name = name
        self.document = document
        self.heads: dict[Hashable, bytes] = {}

    @cached_property
    def size(self) -> int:
        """The bytes that it takes where it is kept."""
        return len(self.body) + OVERHEAD + len(self.name or "") + PER_TAG * len(self.tags) + sum(map(len, self.tags))

    @property
    def common(self) -> tuple[Header, ...]:
        """The headers that answers of its type and policy have in common."""
        return _common(self.media_type, self.policy.max_age, self.policy.private)

    @property
    def headers(self) -> list[Header]:
        """The headers of the whole answer, but for its age and entity tag."""
        return [*self.common, (b"content-length", b"%d" % len(self.body))]

    def remember_head(self, asked: Hashable, head: bytes) -> None:
        """Keep a head that is ready for the wire in `heads`, by what it depends on; a few are enough."""
        if len(self.heads) >= _MOST_HEADS:
            self.heads.clear()
        self.heads[asked] = head

    @property
    def validity(self) -> tuple[Header, ...]:
        """The headers that say how long the answer may be kept, and what it depends on beside its address."""
        return self.common[1:]

    @cached_property
    def etag(self) -> bytes:
        """The strong entity tag of these bytes and their type (RFC 9110, section 8.8.3), made when first asked for."""
        digest = hashlib.blake2b(self.body, digest_size=16, person=self.media_type[-16:].encode())
        return b'"%s"' % digest.hexdigest().encode()

    def age(self, now: float) -> list[Header]:
        """Return the `age` header.

        It says that the answer was not made for this request (RFC 9111, section 5.1), so a fresh one has none.
        """
        seconds = int(now - self.made_at)
        return [(b"age", b"%d" % seconds)] if seconds > 0 else []


@lru_cache(maxsize=_MOST_COMMON)
def _common(media_type: MediaType, max_age: int, private: bool) -> tuple[Header, ...]:  # noqa: FBT001 - a key
    policy = CachePolicy(max_age, private)
    kind = (b"content-type", f"{media_type}; charset=utf-8".encode())
    return kind, (b"cache-control", policy.header), (b"vary", b"accept")


def names(if_none_match: str, etag: bytes) -> bool:
    """Whether an If-None-Match header names the tag, by weak comparison as RFC 9110, section 13.1.2, has it."""
    if if_none_match.strip() == "*":
        return True
    wanted = etag.decode()
    return any(one.strip().removeprefix("W/") == wanted for one in if_none_match.split(","))
