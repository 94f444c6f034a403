"""The client of a load against a server of our own: what is an answer, and what is told to whom."""

import asyncio
import sys
from collections.abc import Awaitable
from types import FrameType

import pytest

from ops.load.arrivals import Pace, fire
from ops.load.client import OPERATOR, Refused, Unreachable, open_client
from tests.ops.load.stub import answer, stubbed

ERRORS = b'{"errors": [{"message": "no", "extensions": {"code": "UNAVAILABLE"}}], "data": null}'


async def test_requests_go_on_while_the_server_stalls() -> None:
    """It answers none before the last has come: each is late by the time from when it was due until then."""
    async with stubbed({"/": answer(b"{}")}, stall_until=8) as stub, open_client(stub.url, None) as client:

        async def send(_: int) -> str | None:
            return (await client.ask("/", {"query": "{ hello }"}))[0]

        async def warm() -> None:
            assert stub.asked == []

        shots = await fire(Pace(rate=50, seconds=8 / 50, in_flight=20), send, warm)
    assert len(stub.asked) == len(shots) == 8
    assert [shot.failure for shot in shots] == [None] * 8
    assert all(shot.seconds >= (7 - shot.number) / 50 for shot in shots)


async def test_a_request_costs_alike_however_many_connections_there_are() -> None:
    """After a stall there are many: were each looked at for each request, the client would be what is slow."""
    costs = []
    for connections in (1, 60):
        async with (
            stubbed({"/": answer(b"{}")}, stall_until=connections) as stub,
            open_client(stub.url, None) as client,
        ):
            async with asyncio.TaskGroup() as group:
                for _ in range(connections):
                    group.create_task(client.ask("/", None))
            calls = await _calls_of(client.ask("/", None))
        assert len(stub.asked) == connections + 1
        costs.append(calls)
    assert costs[1] < 1.1 * costs[0]


async def _calls_of(work: Awaitable[object]) -> int:
    """Return how many calls of functions something takes, with what the event loop does meanwhile."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        await work
    finally:
        sys.setprofile(previous)
    return calls


@pytest.mark.parametrize(
    ("told", "failure"),
    [
        (answer(b'{"data": {"a": 1}}'), None),
        (answer(ERRORS), "UNAVAILABLE"),
        (answer(ERRORS, "503 Service Unavailable"), "UNAVAILABLE"),
        (answer(b'{"errors": [{"message": "no"}]}'), "ERRORS"),
        (answer(b'{"errors"'), "NOT_JSON"),
        (answer(b'{"data": {"text": "\\"errors\\""}}'), None),
        (answer(b'{"errors": []}'), None),
        (answer(b"gone", "502 Bad Gateway"), "HTTP 502"),
        (answer(b"", "302 Found", "location: /other"), "HTTP 302"),
        (b"SSH-2.0\r\n\r\n", "RemoteProtocolError"),
        (b"", "RemoteProtocolError"),
    ],
)
async def test_what_an_answer_is(told: bytes, failure: str | None) -> None:
    """Status 200 and no errors; whatever else comes is told in a word."""
    async with stubbed({"/": told}) as stub, open_client(stub.url, "secret") as client:
        assert (await client.ask("/", None))[0] == failure
    assert not any(OPERATOR in head for head in stub.asked)


async def test_the_token_goes_to_the_operator_s_addresses_alone() -> None:
    """It is sent there as it is, and a redirect does not take it elsewhere."""
    answers = {"/metrics": answer(b"a 1\n"), "/moved": answer(b"", "302 Found", "location: /metrics")}
    async with stubbed(answers) as stub, open_client(stub.url, "secret") as client:
        assert await client.operators(f"{stub.url}/metrics", "text/plain") == b"a 1\n"
        with pytest.raises(Refused, match="status 302"):
            await client.operators(f"{stub.url}/moved", "text/plain")
    assert [head.partition(f"{OPERATOR}: ")[2].split("\r\n")[0] for head in stub.asked] == ["secret", "secret"]
    assert [head.split()[1] for head in stub.asked] == ["/metrics", "/moved"]


@pytest.mark.parametrize(
    ("status", "token", "remedy"),
    [
        ("401 Unauthorized", None, "it wants the operator's token in INSITECHART_OPERATOR_TOKEN"),
        ("401 Unauthorized", "secret", "the operator's token is another"),
        ("404 Not Found", None, "is it InsiteChart, of this version"),
    ],
)
async def test_a_refusal_says_what_would_be_right(status: str, token: str | None, remedy: str) -> None:
    """By its status, and by whether a token was sent; the token is not repeated."""
    async with stubbed({"/metrics": answer(b"", status)}) as stub, open_client(stub.url, token) as client:
        with pytest.raises(Refused, match=remedy) as raised:
            await client.operators(f"{stub.url}/metrics", "text/plain")
    assert "secret" not in str(raised.value)


async def test_an_answer_without_an_end_is_left() -> None:
    """Of what is larger than any answer of ours no more is read; a code is as long as codes are."""
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (20 * 2**20)
    long = answer(b'{"errors": [{"extensions": {"code": "%b"}}]}' % (b"X" * 5_000))
    async with stubbed({"/": endless, "/long": long}) as stub, open_client(stub.url, None) as client:
        assert await client.ask("/", {"query": "{ hello }"}) == ("TOO_LARGE", b"")
        assert (await client.ask("/long", None))[0] == "X" * 60


async def test_nobody_there(unused_tcp_port: int) -> None:
    """Where nothing listens, it says where."""
    async with open_client(f"http://127.0.0.1:{unused_tcp_port}", None) as client:
        with pytest.raises(Unreachable, match=f"127.0.0.1:{unused_tcp_port}"):
            await client.reach()
        assert await client.ask("/", None) == ("ConnectError", b"")
