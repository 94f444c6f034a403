"""The sample as `uvicorn --factory` runs it: the application alone has to hear of the stop."""

from starlette.types import ASGIApp, Receive, Scope, Send

from graph.stop_signals import drain_at_signal
from tests.graph.http.sample import make_sample


def make_app() -> ASGIApp:
    """Return the sample with the lifespan of the real application, but nothing to open."""
    sample = make_sample()
    routes = sample.app()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await routes(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        with drain_at_signal(sample.drain):
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    return app
