"""What headers decide is remembered, within bounds, and read as HTTP has it."""

import pytest

from graph.http.accept import JSON, RESPONSE_JSON
from graph.http.head import Judge
from ops.errors import UnsupportedMediaType
from ops.settings import Settings

PLAIN = (b"content-type", b"application/json")


@pytest.mark.parametrize("name", [b"authorization", b"origin", b"sec-fetch-site"])
def test_thousands_of_empty_headers_are_not_remembered(name: bytes) -> None:
    """They are judged like others, and are no key: each would stay with a megabyte of tuples."""
    judge = Judge(Settings())
    assert judge.judge("POST", [PLAIN]).kept == RESPONSE_JSON
    assert judge.judge("POST", [PLAIN, *((name, b"") for _ in range(5_000))]).kept == RESPONSE_JSON
    assert len(judge._remembered) == 1


def test_accept_in_several_lines_is_one_list() -> None:
    """RFC 9110, section 5.3: lines of one name are one list, in their order."""
    judge = Judge(Settings())
    lines = [(b"accept", b"text/html"), (b"accept", b"application/json"), (b"accept", b"*/*;q=0.1")]
    assert judge.judge("POST", [PLAIN, *lines]).kept == JSON
    assert judge.judge("POST", [PLAIN, lines[0]]).kept is None


def test_two_content_types_are_none() -> None:
    """The next server on the way might believe the other."""
    with pytest.raises(UnsupportedMediaType):
        Judge(Settings()).judge("POST", [PLAIN, PLAIN])
