"""One question of a command to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ops.settings import Settings
from storage.database import open_database
from storage.deadline import Deadline
from storage.session import Session

Answer = TypeVar("Answer")


def on_database(settings: Settings, ask: Callable[[Session], Awaitable[Answer]]) -> Answer:
    """Open the database for one answer, within the deadline of an operation."""

    async def run() -> Answer:
        async with open_database(settings) as database:
            return await ask(Session(database, Deadline.after(settings.deadlines.operation)))

    return asyncio.run(run())
