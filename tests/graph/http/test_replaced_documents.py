"""Documents that are replaced between a known request and its operation: nobody is answered by the old one after."""

import asyncio
from typing import cast

from starlette.types import Message

from graph.documents.registered import registered
from graph.http.ready import ReadyAnswers
from tests.graph.http.door import Door
from tests.graph.http.served import whole

BODY = b'{"documentId": "one"}'
FIELDS = [(b"host", b"test"), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
ASKED = b"POST /graphql HTTP/1.1\r\n" + b"".join(b"%b: %b\r\n" % field for field in FIELDS) + b"\r\n" + BODY


async def test_an_answer_of_the_old_document_is_not_found_by_those_who_ask_for_the_new_one() -> None:
    """It is remembered under the bytes that asked for it as they were understood then."""
    door = Door()
    answers = cast("ReadyAnswers", getattr(door.gates.ready, "__self__", None))
    documents = answers.engine.library.registered
    documents.replace([registered("one", None, '{ public(of: "old") }')])
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async with door.open() as server:
        reader, writer = await server.connect()
        writer.write(ASKED)
        assert b'"old"' in await whole(reader)
        asked = answers.find(b"POST", b"/graphql", FIELDS, BODY)
        run = asked.begin() if asked is not None else None
        assert run is not None
        documents.replace([registered("one", None, '{ public(of: "new") }')])
        await run({"type": "http", "method": "POST"}, asyncio.Queue[Message]().get, send)
        assert b'"old"' in sent[-1]["body"]
        writer.write(ASKED)
        assert b'"new"' in await whole(reader)
        writer.close()
