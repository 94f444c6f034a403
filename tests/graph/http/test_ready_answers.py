"""Kept answers straight from the request's bytes: the same as by the ordinary way, through the same gates."""

import asyncio
import re
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from tests.asgi_exchange import PATIENCE
from tests.graph.http.door import Door
from tests.live_server import Live

ORIGIN = b"https://app.example"
QUERY = b'{"query": "{ public(of: \\"x\\") }"}'
ANSWER = b'{"data":{"public":"x"}}'
ADDRESS = b"/graphql?query=%7Bpublic(of:%22x%22)%7D"
PROOF = b"graphql-require-preflight: 1"
LINE = {"kind": "query", "status": 200, "kept": True, "event": "operation", "log_level": "info", "name": None}


@pytest.fixture(autouse=True)
def _all_lines() -> Iterator[None]:
    """A command that ran in this process before may have left out lines of information."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


def post(*headers: bytes, body: bytes = QUERY) -> bytes:
    """Return the bytes of a POST."""
    lines = [b"host: test", b"content-type: application/json", b"content-length: %d" % len(body), *headers]
    return b"POST /graphql HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(*headers: bytes, method: bytes = b"GET") -> bytes:
    """Return the bytes of a GET, or of another method without a body."""
    return method + b" " + ADDRESS + b" HTTP/1.1\r\n" + b"\r\n".join([b"host: test", *headers]) + b"\r\n\r\n"


async def said(server: Live, *pieces: bytes) -> bytes:
    """Send pieces, each on its own, then a request that closes; return what came until then."""
    reader, writer = await server.connect()
    for piece in (*pieces, b"GET /livez HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)
    async with asyncio.timeout(PATIENCE):
        text = await reader.read()
    writer.close()
    return text.rpartition(b"HTTP/1.1 200 OK\r\n")[0] or text


def alike(answer: bytes) -> tuple[list[bytes], bytes]:
    """Return the fields of an answer in order of their names, without its id and its age, and its body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = [line for line in head.split(b"\r\n") if not re.match(rb"x-request-id|age", line)]
    return sorted(fields), body


@pytest.mark.parametrize("asked", [post(), get(PROOF), post(b"origin: " + ORIGIN), post(b"accept: application/json")])
async def test_a_kept_answer_needs_no_call_and_says_the_same(asked: bytes) -> None:
    """The first is made, the others are ready: the same fields, other ids, one log line each."""
    door = Door(cors_origins=[ORIGIN.decode()])
    async with door.open() as server:
        made = await said(server, asked)
        for _ in range(3):  # the second of them in the packet of the first, which is not parsed again
            door.called.clear()
            with capture_logs() as lines:
                ready = await said(server, asked)
            assert door.called == ["GET"]  # the one that closes
            assert alike(ready) == alike(made)
            assert ready.count(b"x-request-id: ") == 1
            assert ready.endswith(ANSWER)
            (line,) = [line for line in lines if line["event"] == "operation"]
            assert {name: line[name] for name in LINE} == LINE


async def test_requests_on_one_connection_have_ids_of_their_own() -> None:
    """Hundreds in the same bytes, with other requests between them: their number and their sum end nothing."""
    door = Door(limits={"body_bytes": 1_024})
    packets = [post()] * 50 + [get(PROOF)] + [post()] * 50
    async with door.open() as server:
        reader, writer = await server.connect()
        ids = set()
        for packet in packets:
            writer.write(packet)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            assert await reader.readexactly(len(ANSWER)) == ANSWER
            ids.add(head.partition(b"x-request-id: ")[2].partition(b"\r\n")[0])
        writer.close()
    assert len(ids) == len(packets)
    assert door.called == ["POST", "GET"]


async def test_a_packet_is_a_request_only_between_requests() -> None:
    """In the middle of a body the same bytes are a part of that body, in the middle of a head of that head."""
    door = Door()
    head = b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    async with door.open() as server:
        await said(server, post(), post(), post())
        within = await said(server, head % len(post()), post())
        assert within.startswith(b"HTTP/1.1 400 ")
        assert ANSWER not in within
        assert (await said(server, b"GET /gra", post())).startswith(b"HTTP/1.1 400 ")


async def test_the_clients_own_id_is_said_and_logged() -> None:
    """A sane one, as everywhere."""
    asked = post(b"x-request-id: mine-1")
    async with Door().open() as server:
        await said(server, asked)
        with capture_logs() as lines:
            ready = await said(server, asked)
    assert b"\r\nx-request-id: mine-1\r\n" in ready
    assert [line["id"] for line in lines if line["event"] == "operation"] == ["mine-1"]


@pytest.mark.parametrize("cut", [10, 60, len(post()) - 3])
async def test_a_request_in_pieces_gets_its_answer(cut: int) -> None:
    """Cut in its head it is whole at its end; cut in its body it goes the ordinary way."""
    async with Door().open() as server:
        await said(server, post())
        assert (await said(server, post()[:cut], post()[cut:])).endswith(ANSWER)


async def test_pipelined_requests_keep_their_order() -> None:
    """A kept answer waits for one that is being made in front of it, and is ready behind one that was ready."""
    door = Door()
    other = post(body=QUERY.replace(b"x", b"y"))
    async with door.open() as server:
        await said(server, post())
        text = await said(server, post() + post() + other + post())
    assert re.findall(rb'"public":"(.)"', text) == [b"x", b"x", b"y", b"x"]


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        (get(), b"HTTP/1.1 403 "),
        (get(b"origin: https://foreign.example"), b"HTTP/1.1 403 "),
        (post(b"content-encoding: gzip"), b"HTTP/1.1 415 "),
        (post(b"content-type: text/plain"), b"HTTP/1.1 415 "),
        (post(b"x-insitechart-extensions: nonsense"), b"HTTP/1.1 400 "),
        (get(PROOF, b"if-none-match: *"), b"HTTP/1.1 304 "),
        (get(PROOF, method=b"DELETE"), b"HTTP/1.1 405 "),
        (get(PROOF, method=b"HEAD"), b"HTTP/1.1 200 "),
        (post(b"accept: text/html"), b"HTTP/1.1 406 "),
        (post(b"expect: 100-continue"), b"HTTP/1.1 200 "),
    ],
)
async def test_what_is_not_plainly_answered_goes_the_ordinary_way(asked: bytes, begins: bytes) -> None:
    """Refusals, conditions and other methods, though the answer to the same bytes is kept."""
    door = Door()
    async with door.open() as server:
        await said(server, post(), get(PROOF), get(PROOF, method=b"HEAD"))
        door.called.clear()
        text = await said(server, asked)
    assert text.startswith(begins)
    assert len(door.called) == 2


async def test_an_answer_that_was_written_over_is_made_anew() -> None:
    """And so is any, while writes are not heard of."""
    door = Door()
    async with door.open() as server:
        await said(server, post(), post())
        executed = len(door.contexts)
        door.writes.trusted = False
        assert (await said(server, post())).endswith(ANSWER)
    assert executed == 1
    assert len(door.contexts) == 2


async def test_a_process_that_stops_has_no_answer_ready() -> None:
    """New requests are sent elsewhere, kept answers or not."""
    door = Door()
    async with door.open() as server:
        await said(server, post())
        reader, writer = await server.connect()
        door.drain.begin()
        writer.write(post())
        async with asyncio.timeout(PATIENCE):
            assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
        writer.close()


async def test_a_body_beyond_the_limit_is_refused_as_ever() -> None:
    """The bound holds for what is ready, too."""
    async with Door(limits={"body_bytes": 1_024}).open() as server:
        await said(server, get(PROOF))
        text = await said(server, get(PROOF, b"content-length: 2000") + b" " * 2_000)
    assert text.startswith(b"HTTP/1.1 413 ")


async def test_a_failure_there_is_logged_and_the_ordinary_way_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way is no condition of an answer."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    async with Door().open() as server:
        await said(server, post())
        monkeypatch.setattr("graph.http.ready.choose_id", fail)
        with capture_logs() as lines:
            text = await said(server, post())
    assert text.endswith(ANSWER)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["ready_answer_failed"] * 2
