"""One kept answer, ready for the wire: its bytes, its headers, and what it was made of."""

import hashlib
from dataclasses import dataclass, field

from graph.http.accept import MediaType
from graph.responses.policy import CachePolicy

Header = tuple[bytes, bytes]

OVERHEAD = 1_024
"""Bytes that an entry takes beside its body: headers, keys and tags; 900 measured for one of four tags."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`made_at` and `expires_at` are seconds of the monotonic clock; `tags` name everything that was read."""

    body: bytes
    etag: bytes
    headers: list[Header]
    tags: frozenset[str]
    made_at: float
    expires_at: float
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(self.body) + OVERHEAD)

    def aged(self, now: float) -> list[Header]:
        """Return the headers of the answer as it is served now.

        `age` says that the answer was not made for this request (RFC 9111, section 5.1), so a fresh one has none.
        """
        age = int(now - self.made_at)
        return [*self.headers, (b"age", b"%d" % age)] if age > 0 else self.headers


def make_kept(body: bytes, media_type: MediaType, policy: CachePolicy, tags: frozenset[str], now: float) -> Kept:
    """Prepare an answer for the wire; it may be served for the policy's seconds from `now`."""
    etag = etag_of(body, media_type)
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(body)),
        *validators(etag, policy),
    ]
    return Kept(body, etag, headers, tags, now, now + policy.max_age)


def validators(etag: bytes, policy: CachePolicy) -> list[Header]:
    """Return the headers by which other caches keep an answer and ask for it again."""
    return [(b"etag", etag), (b"cache-control", policy.header), (b"vary", b"accept")]


def etag_of(body: bytes, media_type: MediaType) -> bytes:
    """Return the strong entity tag of a representation: of its bytes and of its type (RFC 9110, section 8.8.3)."""
    digest = hashlib.blake2b(body, digest_size=16, person=media_type[-16:].encode())
    return b'"%s"' % digest.hexdigest().encode()


def names(if_none_match: str | None, etag: bytes) -> bool:
    """Whether an If-None-Match header names the tag, by weak comparison as RFC 9110, section 13.1.2, has it."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    wanted = etag.decode()
    return any(one.strip().removeprefix("W/") == wanted for one in if_none_match.split(","))
