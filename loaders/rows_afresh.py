"""How the row cache reads a loader's answers by itself, ahead of their end: in an operation of its own."""

from collections.abc import Callable, Hashable
from typing import Any

from loaders.context import RequestContext
from storage.cache.policy import RowPolicy
from storage.cache.rows import Answers, Reader


def reader(open_context: Callable[[], RequestContext]) -> Reader:
    """Return what reads params of a loader from the database, on a session that no request holds."""

    async def read(policy: RowPolicy, segment: Hashable, params: list[Any]) -> Answers:
        context = open_context()
        try:
            loader = context.loader(policy.loader)
            found = await loader.fetch(segment, params)
            return {param: found[param] if param in found else loader.missing() for param in params}
        finally:
            await context.aclose()

    return read
