"""The bare minimum on the API's own server, `python -m tests.bench.hello`: `/` answers a few bytes, `/77` has 77."""

import click
from starlette.types import Receive, Scope, Send

from graph.drain import Drain
from ops.serve.run import listen, make_server
from ops.settings import Settings

BODY = b'{"data":{"hello":"world"}}'


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once, whatever was asked; the body of a request is left to the server."""
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    length = int(scope["path"].rpartition("/")[2] or len(BODY))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY if length == len(BODY) else bytes(length)})


def main() -> None:
    """Serve until a signal comes."""
    settings = Settings()
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener:
        make_server(hello, Drain(), settings, lambda: click.echo(url, err=True)).run([listener])


if __name__ == "__main__":
    main()
