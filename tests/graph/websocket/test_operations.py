"""Operations over a socket: results, errors of one id that leave the others alone, and every end."""

import asyncio

from tests.asgi_exchange import PATIENCE
from tests.graph.http.sample import UNSEEN, make_sample
from tests.graph.websocket.play import acknowledged, subscribe


async def test_a_query_and_a_mutation_answer_once_and_complete() -> None:
    """One `next`, then `complete`."""
    async with acknowledged(make_sample()) as played:
        for document, data in [("{ hello }", {"hello": "hello world"}), ("mutation { bump }", {"bump": 1})]:
            played.say(subscribe("a", document))
            assert await played.heard() == {"id": "a", "type": "next", "payload": {"data": data}}
            assert await played.heard() == {"id": "a", "type": "complete"}


async def test_a_subscription_sends_each_event() -> None:
    """In order, then `complete`; its context per event is closed."""
    sample = make_sample()
    async with acknowledged(sample) as played:
        played.say(subscribe("s", "subscription S($to: Int!) { count(to: $to) }", variables={"to": 2}))
        heard = [await played.heard() for _ in range(3)]
    assert [message.get("payload") for message in heard] == [{"data": {"count": 0}}, {"data": {"count": 1}}, None]
    assert all(context.closed for context in sample.witness.contexts)


async def test_a_syntax_error_is_an_error_of_that_id_alone() -> None:
    """The socket and its other operations go on."""
    async with acknowledged(make_sample()) as played:
        played.say(subscribe("bad", "{"))
        error = await played.heard()
        played.say(subscribe("bad", "{ hello }"))
        good = await played.heard()
    assert (error["id"], error["type"]) == ("bad", "error")
    assert error["payload"][0]["extensions"]["code"] == "PARSE_FAILED"
    assert good["payload"] == {"data": {"hello": "hello world"}}


async def test_a_broken_source_is_a_masked_error() -> None:
    """After the events that came before; no `complete` follows an `error`."""
    async with acknowledged(make_sample()) as played:
        played.say(subscribe("a", "subscription { breaking }"))
        first, error = await played.heard(), await played.heard()
        played.say({"type": "ping"})
        after = await played.heard()
    assert first["payload"] == {"data": {"breaking": 0}}
    assert (error["type"], error["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
    assert UNSEEN not in str(error)
    assert after == {"type": "pong"}


async def test_a_source_that_cannot_be_opened_is_a_coded_error() -> None:
    """Its public code reaches the client."""
    async with acknowledged(make_sample()) as played:
        played.say(subscribe("a", "subscription { unopened }"))
        error = await played.heard()
    assert (error["type"], error["payload"][0]["extensions"]["code"]) == ("error", "UNAVAILABLE")


async def test_complete_ends_the_operation_and_frees_its_id() -> None:
    """The source is closed, and the id may be used again."""
    sample = make_sample()
    async with acknowledged(sample) as played:
        played.say(subscribe("a", "subscription { endless }"))
        await played.heard()
        await sample.witness.started.wait()
        played.say({"type": "complete", "id": "a"})
        async with asyncio.timeout(PATIENCE):
            await sample.witness.source_closed.wait()
        played.say({"type": "complete", "id": "never heard of"})
        played.say(subscribe("a", "{ hello }"))
        assert (await played.heard())["payload"] == {"data": {"hello": "hello world"}}


async def test_one_operation_too_many_is_refused_alone() -> None:
    """The others go on; the client may retry when one has ended. It leaves a record like any that is refused."""
    sample = make_sample(limits={"socket_operations": 2})
    async with acknowledged(sample) as played:
        for operation_id in ("a", "b"):
            played.say(subscribe(operation_id, "subscription { endless }"))
            assert (await played.heard())["type"] == "next"
        played.say(subscribe("c", "{ hello }"))
        error = await played.heard()
        played.say({"type": "complete", "id": "a"})
        played.say(subscribe("d", "{ hello }"))
        after = await played.heard()
    assert (error["id"], error["payload"][0]["extensions"]["code"]) == ("c", "TOO_MANY_OPERATIONS")
    assert (after["id"], after["type"]) == ("d", "next")
    (refused,) = [record for record in sample.records if record.kind == "refused"]
    assert (refused.status, refused.codes) == (429, ["TOO_MANY_OPERATIONS"])


async def test_ping_is_answered_with_its_payload() -> None:
    """Before and after the init; `pong` from the client is taken silently."""
    async with acknowledged(make_sample()) as played:
        played.say({"type": "pong", "payload": {"any": 1}})
        played.say({"type": "ping", "payload": {"n": 1}})
        assert await played.heard() == {"type": "pong", "payload": {"n": 1}}


async def test_a_client_that_leaves_ends_everything() -> None:
    """The source is closed, the query cancelled, no task is left behind."""
    sample = make_sample()
    before = asyncio.all_tasks()
    async with acknowledged(sample) as played:
        played.say(subscribe("q", "{ slow }"))
        played.say(subscribe("s", "subscription { endless }"))
        await sample.witness.started.wait()
        played.send({"type": "websocket.disconnect", "code": 1006})
        await played.ended()
    assert sample.witness.cancelled.is_set()
    assert sample.witness.source_closed.is_set()
    assert all(context.closed for context in sample.witness.contexts)
    assert asyncio.all_tasks() == before


async def test_the_drain_closes_with_a_reason_to_reconnect() -> None:
    """1012 and no `complete`: clients would take that for the end of their subscription."""
    sample = make_sample()
    async with acknowledged(sample) as played:
        played.say(subscribe("s", "subscription { endless }"))
        assert (await played.heard())["type"] == "next"
        sample.drain.begin()
        message = await played.next()
        await played.ended()
    assert (message["type"], message["code"], message["reason"]) == ("websocket.close", 1012, "reconnect")
    assert sample.witness.source_closed.is_set()


async def test_a_reader_that_stalls_is_given_up() -> None:
    """The queue is bounded and the send has a deadline: memory does not grow with a reader's sloth."""
    sample = make_sample(deadlines={"send": 0.05})
    async with acknowledged(sample) as played:
        played.say(subscribe("a", "subscription { flood }"))
        await played.heard()
        played.reading.clear()
        await played.ended()
    assert sample.witness.source_closed.is_set()
