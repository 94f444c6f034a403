"""Operations that were admitted before in the same bytes: run past the application, answered as by it."""

import asyncio
import re
from importlib import import_module

import pytest
from structlog.testing import capture_logs

from tests.asgi_exchange import PATIENCE, until
from tests.graph.http.sample import UNSEEN, make_sample
from tests.graph.http.served import Served, served, whole
from tests.graph.http.test_connection import post

ORIGIN = b"https://app.example"
PROOF = b"graphql-require-preflight: 1"


def get(*headers: bytes, method: bytes = b"GET") -> bytes:
    """Return the bytes of a request without a body."""
    lines = [b"host: test", PROOF, *headers]
    return method + b" /graphql?query=%7Bhello%7D HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"


def without_id(answer: bytes) -> list[bytes]:
    """Return the lines of an answer in their order by name, without its id."""
    return sorted(line for line in answer.split(b"\r\n") if not line.startswith(b"x-request-id"))


@pytest.mark.parametrize(
    "asked",
    [
        post("{ hello }"),
        get(),
        post("{ hello }", b"origin: " + ORIGIN),
        post("{ hello }", b"accept: application/json"),
        post("{ refusing }"),
        post("{ unavailable }"),
        post("{ items { strict } }"),
    ],
)
async def test_the_second_time_the_application_is_not_asked_and_the_answer_is_the_same(asked: bytes) -> None:
    """Results and failures, types and origins: from the parsed request, and from the packet alone."""
    async with served(make_sample(cors_origins=[ORIGIN.decode()])) as door:
        first, second, third = await door.ask(asked, asked, asked)
    assert door.called == 1
    assert without_id(first) == without_id(second) == without_id(third)
    assert len({re.search(rb"x-request-id: (\w+)", answer)[1] for answer in (first, second, third)}) == 3  # type: ignore[index]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (get(method=b"HEAD"), b"200"),
        (post("{ hello }", b"accept: text/event-stream"), b"200"),
        (post("mutation { bump }"), b"200"),
        (post("{ unknown }"), b"400"),
        (post("{ hello }", b"content-type: text/plain"), b"415"),
        (post("{ hello }", b"x-insitechart-extensions: nonsense"), b"400"),
    ],
)
async def test_all_others_go_the_ordinary_way_each_time(asked: bytes, status: bytes) -> None:
    """Streams, mutations, refusals, and answers without a body."""
    async with served(make_sample()) as door:
        for called in (1, 2, 3):
            reader, writer = await door.connect()
            writer.write(asked)
            async with asyncio.timeout(PATIENCE):
                assert (await reader.readline()).startswith(b"HTTP/1.1 " + status)
            writer.close()
            assert door.called == called
    assert door.sample.witness.bumps in (0, 3)


async def test_the_clients_own_id_is_said_and_logged() -> None:
    """As everywhere; such a request is parsed each time."""
    asked = post("{ hello }", b"x-request-id: mine-1")
    async with served(make_sample()) as door:
        await door.ask(asked)
        with capture_logs() as lines:
            (answer,) = await door.ask(asked)
    assert door.called == 1
    assert b"\r\nx-request-id: mine-1\r\n" in answer
    assert [line["id"] for line in lines if line["event"] == "operation"] == ["mine-1"]


async def test_requests_behind_a_running_one_wait_their_turn() -> None:
    """In one packet, in packets of their own, known and unknown: the answers come in the order of the questions."""
    known = [post(f'{{ hello(name: \\"{name}\\") }}') for name in "ab"]
    new = post('{ hello(name: \\"c\\") }')
    async with served(make_sample()) as door:
        await door.ask(*known)
        reader, writer = await door.connect()
        writer.write(known[0] + known[1])
        writer.write(known[1])
        await writer.drain()
        writer.write(new + known[0])
        answers = [await whole(reader) for _ in range(5)]
        writer.close()
    assert [re.search(rb"hello (\w)", answer)[1] for answer in answers] == [b"a", b"b", b"b", b"c", b"a"]  # type: ignore[index]


async def _slow_twice(door: Served) -> asyncio.StreamWriter:
    """Have the slow operation admitted, then ask for it again; return that connection when it runs."""
    witness = door.sample.witness
    for again in (False, True):
        _, writer = await door.connect()
        writer.write(post("{ slow }"))
        async with asyncio.timeout(PATIENCE):
            await witness.started.wait()
            if again:
                break
            writer.transport.abort()
            await witness.cancelled.wait()
        witness.started.clear()
        witness.cancelled.clear()
    assert door.called == 1
    return writer


async def test_a_client_that_leaves_cancels_its_operation() -> None:
    """Its context is closed, and one line tells of it."""
    async with served(make_sample()) as door:
        writer = await _slow_twice(door)
        with capture_logs() as lines:
            writer.transport.abort()
            async with asyncio.timeout(PATIENCE):
                await door.sample.witness.cancelled.wait()
            await until(lambda: all(context.closed for context in door.sample.witness.contexts))
            await until(lambda: any(line["event"] == "client_left" for line in lines))
    (left,) = [line for line in lines if line["event"] == "client_left"]
    assert left["path"] == "/graphql"
    assert left["id"] in {line["id"] for line in lines if line["event"] == "operation"}


async def test_a_connection_that_waits_for_its_answer_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that a connection is kept open for begins when its answer has been written."""
    monkeypatch.setattr(import_module("ops.serve.run"), "_KEEP_ALIVE_SECONDS", 0.5)
    async with served(make_sample(deadlines={"operation": 0.8})) as door:
        asked = post("{ slow }")
        first, second, third = await door.ask(asked, asked, asked)
    assert door.called == 1
    for answer in (first, second, third):
        assert b"DEADLINE_EXCEEDED" in answer


async def test_the_end_of_the_server_is_told_to_whoever_still_waits() -> None:
    """A cancel at the end of the drain is answered, as by the ordinary way."""
    async with served(make_sample(deadlines={"drain": 0.2, "operation": 30})) as door:
        writer = await _slow_twice(door)
        writer.transport.abort()
        await door.sample.witness.cancelled.wait()
        reader, writer = await door.connect()
        door.sample.witness.started.clear()
        writer.write(post("{ slow }"))
        async with asyncio.timeout(PATIENCE):
            await door.sample.witness.started.wait()
            door.server.stop()
            text = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert door.called == 1
    assert text.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"UNAVAILABLE"' in text
    assert b"\r\nconnection: close\r\n" in text


async def test_a_server_that_stops_begins_nothing_more() -> None:
    """New requests are sent elsewhere, known or not."""
    async with served(make_sample()) as door:
        await door.ask(post("{ hello }"))
        reader, writer = await door.connect()
        door.sample.drain.begin()
        writer.write(post("{ hello }"))
        async with asyncio.timeout(PATIENCE):
            assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
        writer.close()


async def test_a_mistake_of_ours_is_masked_and_the_connection_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside execution, too."""

    async def fail(*_: object) -> None:
        raise ZeroDivisionError(UNSEEN)

    async with served(make_sample()) as door:
        await door.ask(post("{ hello }"))
        with monkeypatch.context() as patched, capture_logs() as lines:
            patched.setattr("graph.engine.Engine.answer", fail)
            (answer,) = await door.ask(post("{ hello }"))
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert b'"code":"INTERNAL"' in answer
        assert UNSEEN.encode() not in answer
        assert [line["event"] for line in lines if line["log_level"] == "error"] == ["internal_error"]
        (answer,) = await door.ask(post("{ hello }"))
        assert answer.startswith(b"HTTP/1.1 200 ")


async def test_whoever_reads_slowly_gets_everything() -> None:
    """A long answer behind one that is not read yet waits in the server until there is room."""
    asked = post("{ text(characters: 3000000) }")
    async with served(make_sample()) as door:
        await door.ask(asked)
        reader, writer = await door.connect()
        writer.write(asked * 3)
        await asyncio.sleep(0.1)
        answers = [await whole(reader) for _ in range(3)]
        writer.close()
    assert door.called == 3, "what comes behind a running request goes the ordinary way"
    assert {len(answer.partition(b"\r\n\r\n")[2]) for answer in answers} == {3_000_000 + len('{"data":{"text":""}}')}
