"""Sends requests at the instants at which they are due, and notes what became of each."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

from msgspec import Struct

NOT_SENT = "NOT_SENT"
TIMED_OUT = "TIMED_OUT"

Send = Callable[[int], Awaitable[str | None]]
"""Sends the request of that number, and returns None, or in a word why its answer is none."""


class Pace(Struct, frozen=True):
    """`rate` requests a second for `warm_up` and then for `seconds`; at most `in_flight` wait for their answers.

    After `patience` seconds, counted from when it was due, a request is given up.
    """

    rate: float
    seconds: float
    warm_up: float = 0.0
    in_flight: int = 200
    patience: float = 30.0

    @property
    def warming(self) -> int:
        """The number of requests that only warm up."""
        return round(self.rate * self.warm_up)

    @property
    def total(self) -> int:
        """The number of all requests."""
        return self.warming + max(1, round(self.rate * self.seconds))


class Shot(Struct, frozen=True):
    """What became of a request: `seconds` are from when it was due to its answer, `late` to when it was sent."""

    number: int
    late: float
    seconds: float
    failure: str | None = None


async def fire(pace: Pace, send: Send, warm: Callable[[], Awaitable[None]]) -> list[Shot]:
    """Send all requests and return those after the warm-up, in the order in which they were due.

    `warm` runs beside them when the warm-up is over. A request for which there is no room is not sent, and told of as
    `NOT_SENT`: neither waits nor slows down anything else. Raises what `warm` raises, in a group.
    """
    shots: list[Shot] = []
    under_way = 0
    if not pace.warming:
        await warm()
    begun = perf_counter()

    async def one(number: int, due: float, late: float) -> None:
        nonlocal under_way
        try:
            async with asyncio.timeout(max(0.0, due + pace.patience - perf_counter())):
                failure = await send(number)
        except TimeoutError:
            failure = TIMED_OUT
        finally:
            under_way -= 1
        shots.append(Shot(number, late, perf_counter() - due, failure))

    async with asyncio.TaskGroup() as group:
        for number in range(pace.total):
            due = begun + number / pace.rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            if number and number == pace.warming:
                group.create_task(_awaited(warm))
            late = max(0.0, perf_counter() - due)
            if under_way < pace.in_flight:
                under_way += 1
                group.create_task(one(number, due, late))
            else:
                shots.append(Shot(number, late, late, NOT_SENT))
    return sorted((shot for shot in shots if shot.number >= pace.warming), key=lambda shot: shot.number)


async def _awaited(call: Callable[[], Awaitable[None]]) -> None:
    await call()
