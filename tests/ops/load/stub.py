"""A server of our own that answers as a test tells it, or not at all until it is told to go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.listening import listen_no_more


@dataclass
class Stub:
    """`answers` are whole HTTP answers by path, empty to close the connection; `asked` are the heads that came."""

    answers: dict[str, bytes]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    stall_until: int = 0
    """The number of requests that must have come before the first is answered."""
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                text = head.decode().lower()
                length = text.partition("content-length: ")[2].partition("\r\n")[0]
                await reader.readexactly(int(length or 0))
                self.asked.append(text)
                if len(self.asked) >= self.stall_until:
                    self._enough.set()
                await self._enough.wait()
                answer = self.answers[text.split()[1]]
                if not answer:
                    return
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(body: bytes, status: str = "200 OK", *fields: str) -> bytes:
    """Write an HTTP answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *fields])
    return head.encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def stubbed(answers: dict[str, bytes], stall_until: int = 0) -> AsyncIterator[Stub]:
    """Serve on a free port until the block ends."""
    stub = Stub(answers, stall_until=stall_until)
    server = await asyncio.start_server(stub.take, "127.0.0.1", 0)
    stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield stub
    finally:
        await listen_no_more(server)
