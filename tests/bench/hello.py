"""The bare minimum on the API's own server: `python -m tests.bench.hello` answers every request with a few bytes."""

import click
from starlette.types import Receive, Scope, Send

from graph.drain import Drain
from ops.serve.run import listen, make_server
from ops.settings import Settings

BODY = b'{"data":{"hello":"world"}}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once, whatever was asked; the body of a request is left to the server."""
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def main() -> None:
    """Serve until a signal comes."""
    settings = Settings()
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener:
        make_server(hello, Drain(), settings, lambda: click.echo(url, err=True)).run([listener])


if __name__ == "__main__":
    main()
