"""The graphql-transport-ws protocol: what ends a socket, with which code."""

from typing import Any

import pytest

from tests.asgi_exchange import exchange, socket_scope
from tests.graph.http.sample import make_sample
from tests.graph.websocket.play import acknowledged, opened, subscribe

NOT_MESSAGES: list[Any] = [
    [1, 2],
    None,
    "x",
    7,
    {},
    {"type": 7},
    {"type": "start"},
    {"type": "connection_init", "payload": "x"},
    {"type": "connection_init", "payload": [1]},
    {"type": "ping", "payload": 1},
    {"type": "subscribe", "id": ["a"], "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": {"a": 1}, "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": "x" * 257, "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": "a", "payload": "{ hello }"},
    {"type": "subscribe", "id": "a", "payload": [{"query": "{ hello }"}]},
    {"type": "subscribe", "id": "a", "payload": None},
    {"type": "subscribe", "id": "a"},
    {"type": "subscribe", "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": "a", "payload": {"query": 7}},
    {"type": "subscribe", "id": "a", "payload": {"query": "{ hello }", "variables": []}},
    {"type": "complete"},
]


@pytest.mark.parametrize("value", NOT_MESSAGES, ids=repr)
async def test_what_is_no_message_closes_with_4400(value: object) -> None:
    """A clean close with a reason, where a careless server dies with 1006."""
    async with acknowledged(make_sample()) as played:
        played.say(value)
        code, reason = await played.closed()
        await played.ended()
    assert code == 4400
    assert reason


@pytest.mark.parametrize(
    "frame",
    [
        {"bytes": b'{"type":"ping"}'},
        {"text": ""},
        {"text": "{"},
        {"text": "[" * 100_000 + "]" * 100_000},
        {"text": '{"type":"ping","payload":' + '{"a":' * 100 + "1" + "}" * 101},
        {"text": '{"type":"subscribe","id":"a","payload":' + "[" * 100_000 + "]" * 100_000 + "}"},
        {"text": '{"type":"ping","payload":{"a":"' + "x" * 1_048_576 + '"}}'},
        {"text": '{"type":"ping","payload":{"a":"\\ud800"}}'},
    ],
    ids=["binary", "empty", "cut", "deep", "deep payload", "deep operation", "large", "lone surrogate"],
)
async def test_frames_that_cannot_be_read_close_with_4400(frame: dict[str, object]) -> None:
    """Binary, malformed, too deep or too large."""
    async with acknowledged(make_sample()) as played:
        played.send({"type": "websocket.receive", **frame})
        assert (await played.closed())[0] == 4400


async def test_an_operation_before_the_init_closes_with_4401() -> None:
    """Nothing runs on a socket that was not acknowledged."""
    sample = make_sample()
    async with opened(sample) as played:
        played.say(subscribe("a", "{ hello }"))
        assert await played.closed() == (4401, "Unauthorized")
    assert sample.witness.contexts == []


async def test_no_init_in_time_closes_with_4408() -> None:
    """A socket that says nothing, or only pings, is not kept."""
    async with opened(make_sample(deadlines={"socket_init": 0.05})) as played:
        played.say({"type": "ping"})
        assert (await played.closed())[0] == 4408


async def test_an_id_in_use_closes_with_4409() -> None:
    """As the protocol demands."""
    sample = make_sample()
    async with acknowledged(sample) as played:
        played.say(subscribe("a", "subscription { endless }"))
        played.say(subscribe("a", "{ hello }"))
        assert await played.closed() == (4409, "Subscriber for a already exists")
        await played.ended()
    assert sample.witness.source_closed.is_set()


async def test_a_second_init_closes_with_4429() -> None:
    """As the protocol demands."""
    async with acknowledged(make_sample()) as played:
        played.say({"type": "connection_init"})
        assert (await played.closed())[0] == 4429


@pytest.mark.parametrize("offered", [("graphql-ws",), ("soap",), ("graphql-ws", "soap")])
async def test_other_subprotocols_are_refused(offered: tuple[str, ...]) -> None:
    """The legacy protocol is not served; the handshake says so in JSON."""
    async with exchange(make_sample().app(), socket_scope(*offered)) as played:
        played.send({"type": "websocket.connect"})
        start, body = await played.next(), await played.next()
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 400)
    assert b"graphql-transport-ws" in body["body"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://test.evil.example", "http://test:81", "null", "http://["]
)
async def test_a_foreign_origin_is_refused(origin: str) -> None:
    """Browsers allow every page to try; the server has to say no."""
    async with exchange(make_sample().app(), socket_scope(origin=origin)) as played:
        played.send({"type": "websocket.connect"})
        start, body = await played.next(), await played.next()
    assert start["status"] == 403
    assert b"CSRF_BLOCKED" in body["body"]


@pytest.mark.parametrize("origin", ["http://test", "https://TEST", "https://app.example"])
async def test_our_own_and_listed_origins_may_open_sockets(origin: str) -> None:
    """The same host, whatever the scheme in front of a proxy, and the settings' list."""
    async with opened(make_sample(cors_origins=["https://app.example"]), origin=origin):
        pass


async def test_a_server_without_the_http_response_extension_still_refuses() -> None:
    """The plain refusal of ASGI, where JSON cannot be sent."""
    scope = socket_scope(origin="https://evil.example") | {"extensions": {}}
    async with exchange(make_sample().app(), scope) as played:
        played.send({"type": "websocket.connect"})
        assert (await played.next())["type"] == "websocket.close"


async def test_sockets_elsewhere_are_refused() -> None:
    """Only the endpoint's own path serves sockets."""
    async with exchange(make_sample().app(), socket_scope() | {"path": "/elsewhere"}) as played:
        played.send({"type": "websocket.connect"})
        assert (await played.next())["type"] == "websocket.close"
