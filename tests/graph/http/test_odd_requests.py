"""Requests of odd form in bytes that are known: answered as the application answers them."""

import asyncio
import re

import pytest

from tests.asgi_exchange import PATIENCE, until
from tests.graph.http.sample import make_sample
from tests.graph.http.served import served, whole
from tests.graph.http.test_connection import post

BODY = b'{"query": "{ hello }"}'


def odd(*lines: bytes, body: bytes = BODY) -> bytes:
    """Return the bytes of a request that says its length in its own way."""
    head = b"\r\n".join((b"POST /graphql HTTP/1.1", b"host: test", b"content-type: application/json", *lines))
    return head + b"\r\n\r\n" + body


async def test_a_length_of_too_many_digits_is_refused_however_well_the_body_is_known() -> None:
    """The parser takes any number of zeros in front."""
    async with served(make_sample()) as door:
        await door.ask(post("{ hello }"))
        (answer,) = await door.ask(odd(b"content-length: %030d" % len(BODY)))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-length is not a number of bytes" in answer


@pytest.mark.parametrize("again", [False, True])
async def test_the_first_id_counts_even_if_it_is_empty(again: bool) -> None:  # noqa: FBT001 - the case
    """Known bodies and unknown ones alike: nobody is answered under an id that the logs do not show elsewhere."""
    asked = post("{ hello }", b"x-request-id: ", b"x-request-id: second")
    async with served(make_sample()) as door:
        if again:
            await door.ask(post("{ hello }"))
        (answer,) = await door.ask(asked)
    assert re.search(rb"\r\nx-request-id: [0-9a-f]{32}\r\n", answer)


async def test_a_head_is_not_as_long_as_all_that_came_before_it_in_a_packet() -> None:
    """Many at once, cut by the kernel where it likes: the beginning of the next one is no long head."""
    asked = post("{ hello }", b"x-pad: " + b"p" * 3_000)
    async with served(make_sample()) as door:
        reader, writer = await door.connect()
        writer.write(asked * 400)
        for _ in range(400):
            assert (await whole(reader)).startswith(b"HTTP/1.1 200 ")
        writer.close()


@pytest.mark.parametrize("known", [False, True])
async def test_a_client_that_leaves_with_a_second_request_waiting_cancels_the_first(known: bool) -> None:  # noqa: FBT001 - the case
    """A request that waits its turn stops the reading; whoever leaves then must be seen all the same."""
    async with served(make_sample(deadlines={"operation": 60})) as door:
        witness, connections = door.sample.witness, door.server.server.server_state.connections
        for _ in range(2 if known else 1):
            witness.started.clear()
            witness.cancelled.clear()
            _, writer = await door.connect()
            writer.write(post("{ slow }"))
            async with asyncio.timeout(PATIENCE):
                await witness.started.wait()
                writer.write(post("{ hello }"))
                await until(lambda: any(getattr(one, "pipeline", ()) for one in connections))
                writer.transport.abort()
                await witness.cancelled.wait()
        assert door.called == 1, "those that waited never began"
