"""Bodies: what is read, and what each wrong one is told."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.documents.request import OperationRequest, read_body
from ops.errors import BadRequest, BatchTooLarge, PayloadTooLarge
from ops.settings import Limits

LIMITS = Limits()


def test_all_members_are_read() -> None:
    """The four members of GraphQL over HTTP are read; others are ignored."""
    raw = b'{"query": "{a}", "operationName": "A", "variables": {"x": [1]}, "extensions": {"y": {}}, "id": 7}'
    assert read_body(raw, LIMITS) == OperationRequest("{a}", "A", {"x": [1]}, {"y": {}})


@pytest.mark.parametrize("raw", [b'{"query": "{a}"}', b'\xef\xbb\xbf{"query": "{a}"}', b'{"query":"no","query":"{a}"}'])
def test_absent_members_a_byte_order_mark_and_repeated_names(raw: bytes) -> None:
    """Absent and null members are empty, a byte order mark is skipped, and of repeated names the last counts."""
    assert read_body(raw, LIMITS) == OperationRequest("{a}", None, {}, {})
    assert read_body(raw[:-1] + b', "variables": null, "operationName": null}', LIMITS) == read_body(raw, LIMITS)


def test_an_empty_operation_name_is_none() -> None:
    """Some clients send an empty string where no operation is named."""
    assert read_body(b'{"query": "{a}", "operationName": ""}', LIMITS) == OperationRequest("{a}")


def test_an_array_is_a_batch() -> None:
    """A batch keeps the order of its operations."""
    batch = read_body(b'[{"query": "{a}"}, {"query": "{b}"}]', LIMITS)
    assert batch == [OperationRequest("{a}"), OperationRequest("{b}")]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The body is empty; send JSON"),
        (b" \n", "The body is empty; send JSON"),
        (b"null", "The body must be a JSON object with a 'query' member, or an array of them, not null"),
        (b"7", "The body must be a JSON object with a 'query' member, or an array of them, not a number"),
        (b'"x"', "The body must be a JSON object with a 'query' member, or an array of them, not a string"),
        (b"true", "The body must be a JSON object with a 'query' member, or an array of them, not a boolean"),
        (b"[]", "The batch is empty; send at least one operation"),
        (b"[null]", "Operation 1 of the batch must be a JSON object, not null"),
        (b'[{}, {"query": 1}]', "'query' of operation 2 of the batch must be a string with a GraphQL document"),
        (b'{"query": ["a"]}', "'query' must be a string with a GraphQL document, not an array"),
        (b'{"operationName": 1.5}', "'operationName' must be a string or null, not a number"),
        (b'{"variables": "{}"}', "'variables' must be a JSON object or null, not a string"),
        (b'{"extensions": []}', "'extensions' must be a JSON object or null, not an array"),
        (b'{"query": "\xff"}', "The body is not UTF-8: byte 11 is invalid"),
        (b'{"query": "\xed\xa0\x80"}', "The body is not UTF-8: byte 11 is invalid"),
        ('{"query": "{a}"}'.encode("utf-16"), "The body is not UTF-8: byte 0 is invalid"),
        (b'{"query": "\\ud800"}', "The body is not valid JSON"),
        (b'{"query": "{a}"', "The body is not valid JSON"),
        (b'{"query": "{a}"} x', "The body is not valid JSON"),
        (b"{'query': '{a}'}", "The body is not valid JSON"),
        (b'{"variables": {"x": NaN}}', "The body is not valid JSON"),
        (b'{"variables": {"x": -Infinity}}', "The body is not valid JSON"),
        (b'{"variables": {"x": 1e999}}', "The body is not valid JSON"),
        (b'{"variables": {"x": ' + b"9" * 10_000 + b"}}", "The body is not valid JSON"),
        (b"[" * 5_000 + b"]" * 5_000, "The body nests arrays and objects more than 64 deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "The body nests arrays and objects more than 64 deep"),
        (b"[" * 1_000_000, "The body has more than 10,000 arrays and objects"),
        (b"[" + b"[]," * 300_000 + b"[]]", "The body has more than 10,000 arrays and objects"),
    ],
)
def test_each_wrong_body_is_told_what_is_wrong(raw: bytes, message: str) -> None:
    """What is wrong, where, and what would be right."""
    with pytest.raises(BadRequest) as caught:
        read_body(raw, LIMITS)
    assert caught.value.message.startswith(message)


def test_a_body_beyond_the_byte_limit() -> None:
    """The largest body is read; one byte more is refused before it is decoded."""
    limits = Limits(body_bytes=1_024)
    fitting = json.dumps({"query": "x" * (1_024 - 13)}).encode()
    assert len(fitting) == 1_024
    assert isinstance(read_body(fitting, limits), OperationRequest)
    with pytest.raises(PayloadTooLarge, match="more than 1,024 bytes"):
        read_body(fitting + b" ", limits)


def test_a_batch_beyond_the_cap() -> None:
    """Ten operations may come in one request by default, eleven may not."""
    item = b'{"query": "{a}"}'
    assert len(read_body(b"[" + b",".join([item] * 10) + b"]", LIMITS)) == 10  # type: ignore[arg-type]  # a batch
    with pytest.raises(BatchTooLarge, match="The batch has 11 operations; at most 10"):
        read_body(b"[" + b",".join([item] * 11) + b"]", LIMITS)


def test_brackets_in_strings_do_not_nest() -> None:
    """A search text full of brackets, quotes and backslashes is text."""
    text = '[[{"\\"[' * 200 + "\\"
    assert read_body(json.dumps({"query": text}).encode(), LIMITS) == OperationRequest(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(alphabet='[]{}"\\a', max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=30,
)


def depth_of(value: object) -> int:
    """Count nested arrays and objects."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=3), st.integers(4, 8))
def test_nesting_is_measured_as_it_decodes(variables: dict[str, object], nesting: int) -> None:
    """A body is refused for its nesting exactly when its decoded value nests deeper than the limit."""
    raw = json.dumps({"variables": variables}, ensure_ascii=False).encode()
    if depth_of(variables) + 1 > nesting:
        with pytest.raises(BadRequest, match="nests arrays and objects more than"):
            read_body(raw, Limits(nesting=nesting))
    else:
        assert read_body(raw, Limits(nesting=nesting)) == OperationRequest(None, None, variables)


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:\\ 0n', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """No bytes make anything but a request or a coded error."""
    with suppress(BadRequest):
        assert isinstance(read_body(raw, Limits(nesting=4)), OperationRequest | list)
