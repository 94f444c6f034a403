"""Whatever a client sends, it gets an answer of the catalogue: no stack, no status that we do not mean."""

import json
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.asgi_exchange import exchange, http_scope
from tests.catalogue import catalogue
from tests.graph.http.sample import make_sample
from tests.graph.websocket.play import acknowledged

CODES = {error.code for error in catalogue()}
MEMBERS = st.sampled_from(["query", "variables", "operationName", "extensions", "id", "type", "payload"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["query", "variables", "id", "type", "payload"]) | st.text(), inner)
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode(errors="surrogatepass"))
HEADER_VALUES = st.binary(max_size=60).map(lambda raw: bytes(byte for byte in raw if 32 <= byte != 127))
NAMES = [
    b"accept",
    b"content-type",
    b"content-encoding",
    b"content-length",
    b"origin",
    b"x-request-id",
    b"host",
    b"x-requested-with",
]
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), HEADER_VALUES), max_size=8)
JSON_HEADER = (b"content-type", b"application/json")
MESSAGES = JSON_VALUES | st.fixed_dictionaries(
    {"type": st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next"])},
    optional={"id": JSON_VALUES, "payload": JSON_VALUES},
)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "BREW"]), BODIES, st.binary(max_size=100), HEADERS, st.booleans()
)
@example("POST", b'{"query": "{ hello }"}', b"", [(b"accept", b"text/event-stream;q=1e400")], True)  # noqa: FBT003 - an example
@example("GET", b"", b"query=%7Bhello%7D&variables=%ff", [(b"x-requested-with", b"x"), (b"accept", b";;,q=,/")], False)  # noqa: FBT003
@example("POST", b"[{}]", b"", [], True)  # noqa: FBT003 - a batch, which is answered by an array
async def test_any_request_is_answered_from_the_catalogue(
    method: str,
    body: bytes,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    as_json: bool,  # noqa: FBT001 - generated
) -> None:
    """Random methods, bodies, query strings and headers."""
    sample = make_sample(cors_origins=["https://app.example"])
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": "/graphql",
        "query_string": query,
        "headers": [*headers, JSON_HEADER] if as_json else headers,
        "root_path": "",
    }
    async with exchange(sample.app(), scope) as played:
        played.send({"type": "http.request", "body": body})
        start, answer = await played.next(), await played.next()
    assert start["status"] < 500
    if start["status"] >= 400:
        said = msgspec.json.decode(answer["body"])
        errors = [error for each in (said if isinstance(said, list) else [said]) for error in each["errors"]]
        assert errors
        assert {error["extensions"]["code"] for error in errors} <= CODES
    assert sample.metrics.registry.get_sample_value("graphql_masked_errors_total") == 0


@settings(deadline=None, max_examples=300)
@given(st.lists(MESSAGES, max_size=5))
async def test_any_messages_leave_a_socket_alive_or_closed_with_a_code(said: list[object]) -> None:
    """Random messages, right and wrong: the socket goes on, or closes as the protocol has it, and never breaks."""
    sample = make_sample()
    async with acknowledged(sample) as played:
        for value in said:
            played.send({"type": "websocket.receive", "text": json.dumps(value)})
        played.say({"type": "ping", "payload": {"last": True}})
        while True:
            message = await played.next()
            if message["type"] == "websocket.close":
                assert message["code"] in {4400, 4409, 4429}
                break
            if msgspec.json.decode(message["text"]) == {"type": "pong", "payload": {"last": True}}:
                break
        played.send({"type": "websocket.disconnect", "code": 1000})
        await played.ended()
    assert sample.metrics.registry.get_sample_value("graphql_masked_errors_total") == 0


@given(st.text(max_size=80))
async def test_any_path_is_answered(path: str) -> None:
    """Random paths, as a server decodes them: a page of ours or a coded 404."""
    async with exchange(make_sample().app(), http_scope("GET") | {"path": f"/{path}"}) as played:
        played.send({"type": "http.request", "body": b""})
        assert (await played.next())["status"] < 500
