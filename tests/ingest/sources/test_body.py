"""Bodies as hostile servers send them: what is kept stays below the cap, however small the packet was."""

import gzip
import tracemalloc
import zlib

import pytest

from ingest.sources.body import Body
from ingest.sources.failures import Malformed

MOST = 1_000


def read(encoding: str, raw: bytes, step: int, most: int = MOST) -> bytes:
    """Read a body in pieces."""
    body = Body(encoding, most)
    for start in range(0, len(raw), step):
        body.add(raw[start : start + step])
    return body.whole()


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize("text", [b"", b"x", b"word " * 200])
def test_sound_bodies_come_out_whole(text: bytes, step: int) -> None:
    """Packed or not, in whatever pieces, up to the cap itself."""
    assert read("", text, step) == read("identity", text, step) == text
    assert read("gzip", gzip.compress(text), step) == read(" X-GZIP ", gzip.compress(text), step) == text


def test_a_packed_answer_without_a_body_is_empty() -> None:
    """As of 304."""
    assert read("gzip", b"", 1) == b""


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("", b"x" * (MOST + 1)),
        ("gzip", gzip.compress(b"x" * (MOST + 1))),
        ("gzip", gzip.compress(b"some words")[:-4]),
        ("gzip", b"no gzip"),
        ("gzip", zlib.compress(b"some words")),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x"))),
        ("br", b"x"),
        ("deflate", zlib.compress(b"x")),
    ],
    ids=["long", "long-unpacked", "broken-off", "broken", "another-wrapper", "two-layers", "brotli", "deflate"],
)
@pytest.mark.parametrize("step", [1, 100_000])
def test_what_cannot_be_kept_is_refused(encoding: str, raw: bytes, step: int) -> None:
    """Too long, broken, or packed in a way that was not asked for."""
    with pytest.raises(Malformed, match="the body"):
        read(encoding, raw, step)


def test_a_bomb_never_unfolds() -> None:
    """200 MB in 200 kB, which come at once: the memory that is taken stays near the cap."""
    bomb = gzip.compress(b"\0" * 200_000_000, 1)
    tracemalloc.start()
    try:
        with pytest.raises(Malformed, match="exceeds 100,000 bytes"):
            read("gzip", bomb, len(bomb), 100_000)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
