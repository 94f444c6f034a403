"""Fences: what a leader writes counts only until the next leader has begun, however long it was frozen in between.

A lease in Redis says who leads, but not to PostgreSQL, where a statement of the one before may still be on its way.
So each leader draws a number when it begins, and its transactions check at their end that nobody has drawn since. The
check holds the number until the commit: a new leader's draw waits for it, and sees all that the leader before wrote.
Numbers are drawn where they are checked, so neither a Redis that lost them nor a restored database stops the pipeline.
"""

from dataclasses import dataclass
from functools import partial

from storage.database import Connection, Database
from storage.writing import in_transaction

_DRAW = """
INSERT INTO fences AS kept (lane, number) VALUES ($1::text, 1)
ON CONFLICT (lane) DO UPDATE SET number = kept.number + 1
RETURNING number
"""
_HOLD = "SELECT FROM fences WHERE lane = $1::text AND number = $2::bigint FOR SHARE"


class Fenced(Exception):
    """Another leader has begun since the fence was drawn; nothing of the transaction was written."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A leader's number on a lane."""

    lane: str
    number: int


async def draw(database: Database, lane: str) -> Fence:
    """Begin to lead a lane: from now on nothing commits under an earlier fence."""
    return await in_transaction(database, partial(_draw, lane=lane))


async def hold(connection: Connection, fence: Fence) -> None:
    """Let no other leader begin before the transaction ends; for its end, since locks taken later might be waited for.

    Raise `Fenced` where another has begun.
    """
    if await connection.fetchrow(_HOLD, fence.lane, fence.number) is None:
        raise Fenced(f"leader {fence.number} of {fence.lane} has a successor, which writes what this one has not")


async def _draw(connection: Connection, lane: str) -> Fence:
    return Fence(lane, await connection.fetchval(_DRAW, lane))
