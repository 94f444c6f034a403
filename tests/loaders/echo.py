"""A loader that answers what it was asked, and does what a test makes of it."""

from types import SimpleNamespace
from typing import Any, cast

from loaders.context import RequestContext
from loaders.shapes import SymbolLoader
from ops.settings import Settings


class Echo(SymbolLoader[tuple[str, int], str]):
    """Answers `symbol:segment`, after whatever `behave` does."""

    def __init__(self, context: RequestContext) -> None:
        super().__init__(context)
        self.calls: list[tuple[tuple[Any, ...], list[str]]] = []
        self.running = 0
        self.most = 0

    async def behave(self, segment: tuple[Any, ...], params: list[str]) -> None:
        """Let a test break something."""

    async def fetch(self, segment: tuple[Any, ...], params: list[str]) -> dict[str, str]:
        """Note the call."""
        self.calls.append((segment, params))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.behave(segment, params)
        finally:
            self.running -= 1
        return {param: f"{param}:{segment[0]}" for param in params if param != "NONE"}


def make_context() -> RequestContext:
    """Return a context whose session no loader here touches."""
    return RequestContext(cast("Any", SimpleNamespace()), Settings(), cast("Any", None))
