"""Any bytes as a recording: every line is counted, or the file is refused whole."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.importing.faults import UnusableInput
from ingest.replay.line_format import encode
from ingest.replay.tally import Tally
from ops.settings import Settings
from storage.redis import open_redis
from tests.ingest.replays import BEGIN, entered, played, post

LINES = st.lists(
    st.one_of(
        st.integers(0, 999).map(lambda number: encode(BEGIN, post(number))),
        st.binary(max_size=30).map(lambda data: data.replace(b"\n", b" ") + b"\n"),
        st.just(b"\n"),
    ),
    max_size=40,
)


@pytest.fixture
def settings(redis_url: str) -> Settings:
    """Settings that name the test's own Redis."""
    return Settings.model_validate({"redis_url": redis_url})


@given(lines=LINES, packed=st.booleans(), known=st.integers(0, 40))
@example(lines=[b"\0\n"], packed=True, known=1)
@example(lines=[b"\x1f\x8b\n"], packed=False, known=0)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
async def test_any_lines_add_up(
    settings: Settings, tmp_path: Path, lines: list[bytes], known: int, *, packed: bool
) -> None:  # fmt: skip
    """Of any bytes every line is counted once, and a play that goes on later plays the rest of the items.

    What begins as no text does is refused whole, and nothing of it enters.
    """
    path = tmp_path / "any.jsonl"

    async def play(content: list[bytes]) -> Tally:
        data = b"".join(content)
        path.write_bytes(gzip.compress(data) if packed else data)
        return await played(settings, path)

    async with open_redis(settings) as redis:
        assert redis.client is not None
        await redis.client.flushdb()
        if _is_no_text(b"".join(lines), packed=packed):
            with pytest.raises(UnusableInput):
                await play(lines)
            assert await entered(redis) == []
            return
        first = await play(lines[:known])
        whole = await play(lines)
        assert whole.before == first.lines
        assert whole.lines == len(lines)
        assert first.published == first.items
        assert whole.published == whole.items
        assert len(await entered(redis)) == first.items + whole.items == sum(map(_is_post, lines))


def _is_no_text(data: bytes, *, packed: bool) -> bool:
    broken = () if packed else (b"\x1f\x8b",)
    return b"\0" in data.split(b"\n", 1)[0] or data.startswith((b"\xff\xfe", b"\xfe\xff", *broken))


def _is_post(line: bytes) -> bool:
    return line.startswith(b'{"kind":"post"')
