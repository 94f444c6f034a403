"""Query strings: the same request, in the form of a GET."""

import json
from contextlib import suppress
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.documents.request import OperationRequest, read_query_string
from ops.errors import BadRequest, PayloadTooLarge
from ops.settings import Limits

LIMITS = Limits()


def test_all_parameters_are_read() -> None:
    """Text is percent-encoded UTF-8, variables and extensions are JSON, other parameters are ignored."""
    raw = urlencode({"query": "{é}", "operationName": "A", "variables": '{"x": "+ü"}', "extensions": "{}", "utm": "%"})
    assert read_query_string(raw.encode(), LIMITS) == OperationRequest("{é}", "A", {"x": "+ü"}, {})


@pytest.mark.parametrize("raw", [b"", b"query=", b"query=&operationName=&variables=&extensions=", b"other=1"])
def test_empty_parameters_are_absent(raw: bytes) -> None:
    """A form's empty field is no value."""
    assert read_query_string(raw, LIMITS) == OperationRequest(None)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"query=%7Ba", None),
        (b"query=%zz", "The query string has a '%' without two hexadecimal digits, at byte 6"),
        (b"query=a%", "The query string has a '%' without two hexadecimal digits, at byte 7"),
        (b"query=%ff", "The parameter 'query' is not UTF-8: byte 0 is invalid"),
        (b"query=\xff", "The parameter 'query' is not UTF-8: byte 0 is invalid"),
        (b"query=a&query=b", "The parameter 'query' is given more than once"),
        (b"variables=[]", "'variables' must be a JSON object or null, not an array"),
        (b"variables={", "The parameter 'variables' is not valid JSON"),
        (b"extensions=7", "'extensions' must be a JSON object or null, not a number"),
        (b"variables=" + quote("[" * 5_000).encode(), "The parameter 'variables' nests arrays and objects"),
        (b"a&" * 100, "The query string has more than 64 parameters"),
    ],
)
def test_each_wrong_query_string_is_told_what_is_wrong(raw: bytes, message: str | None) -> None:
    """What is wrong and where."""
    if message is None:
        assert read_query_string(raw, LIMITS).query == "{a"
        return
    with pytest.raises(BadRequest) as caught:
        read_query_string(raw, LIMITS)
    assert caught.value.message.startswith(message)


def test_a_query_string_beyond_the_byte_limit() -> None:
    """The body's limit holds for a query string too."""
    with pytest.raises(PayloadTooLarge):
        read_query_string(b"query=" + b"a" * 1_024, Limits(body_bytes=1_024))


@given(st.text(min_size=1).filter(lambda text: text.isprintable()), st.dictionaries(st.text(), st.integers(0, 9)))
def test_what_is_encoded_is_read(query: str, variables: dict[str, int]) -> None:
    """Any text survives the way through percent-encoding."""
    raw = urlencode({"query": query, "variables": json.dumps(variables)}).encode()
    assert read_query_string(raw, LIMITS) == OperationRequest(query, None, variables)


@given(st.binary(max_size=100) | st.text(alphabet="query=%&7Bvaribles{}", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """No bytes make anything but a request or a coded error."""
    with suppress(BadRequest):
        assert isinstance(read_query_string(raw, LIMITS), OperationRequest)
