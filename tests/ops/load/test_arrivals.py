"""The open model: requests go when they are due, and times count from then, whatever became of those before."""

import asyncio

import pytest

from ops.load.arrivals import NOT_SENT, TIMED_OUT, Pace, fire


async def nothing() -> None:
    """Warm nothing."""


async def test_a_stall_is_in_the_times_of_all_that_came_meanwhile() -> None:
    """The first five wait for the server to go on; each is late by what was left of the stall when it was due."""
    going_on = asyncio.Event()
    sent: list[int] = []

    async def stalling(number: int) -> None:
        sent.append(number)
        if len(sent) == 5:  # all five were sent although none had come back
            asyncio.get_running_loop().call_later(0.05, going_on.set)
        await going_on.wait()

    shots = await fire(Pace(rate=50, seconds=0.1), stalling, nothing)
    assert sent == [0, 1, 2, 3, 4]
    assert [shot.number for shot in shots] == sent
    assert all(shot.seconds >= (4 - shot.number) * 0.02 + 0.05 for shot in shots)


async def test_a_client_that_is_held_up_counts_it_too() -> None:
    """What cannot go when it is due goes as soon as it can: its time is from when it was due, not from when it went."""

    async def blocking(number: int) -> None:
        if number == 0:
            await asyncio.sleep(0)
            until = asyncio.get_running_loop().time() + 0.2
            while asyncio.get_running_loop().time() < until:
                pass

    shots = await fire(Pace(rate=100, seconds=0.1), blocking, nothing)
    assert len(shots) == 10
    assert shots[5].late >= 0.2 - 0.05 - 0.01
    assert shots[5].seconds >= shots[5].late


async def test_what_finds_no_room_is_told_of_and_never_sent() -> None:
    """At most so many wait at once; others are neither queued nor left out of the count."""
    going_on = asyncio.Event()
    at_once = most = 0

    async def waiting(number: int) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        if number == 2:
            asyncio.get_running_loop().call_later(1.0, going_on.set)
        await going_on.wait()
        at_once -= 1

    shots = await fire(Pace(rate=200, seconds=0.05, in_flight=3), waiting, nothing)
    assert most == 3
    assert [shot.failure for shot in shots] == [None] * 3 + [NOT_SENT] * 7


async def test_failures_keep_their_word_and_silence_ends() -> None:
    """A failed request is told by its word, and one that never comes back by the end of patience."""

    async def failing(number: int) -> str | None:
        if number == 1:
            await asyncio.Event().wait()
        return "UNAVAILABLE" if number == 0 else None

    shots = await fire(Pace(rate=100, seconds=0.03, patience=0.1), failing, nothing)
    assert [shot.failure for shot in shots] == ["UNAVAILABLE", TIMED_OUT, None]
    assert shots[1].seconds >= 0.1


@pytest.mark.parametrize("warm_up", [0.0, 0.05])
async def test_the_warm_up_is_sent_and_not_told(warm_up: float) -> None:
    """What is before the measuring is sent at the same rate; `warm` runs once, before the first that is told of."""
    happened: list[object] = []

    async def noting(number: int) -> None:
        happened.append(number)

    async def warm() -> None:
        happened.append("warm")

    pace = Pace(rate=100, seconds=0.1, warm_up=warm_up)
    shots = await fire(pace, noting, warm)
    assert [shot.number for shot in shots] == list(range(pace.warming, pace.total))
    assert len(shots) == 10
    assert [one for one in happened if one != "warm"] == list(range(pace.total))
    assert happened.index("warm") == pace.warming
    assert happened.count("warm") == 1


async def test_what_warming_meets_ends_the_run() -> None:
    """Without the first look there is nothing to compare with: the load does not go on for nothing."""

    async def warm() -> None:
        raise LookupError("no metrics")

    async def waiting(number: int) -> None:
        await asyncio.sleep(60)

    with pytest.raises(ExceptionGroup) as raised:
        await fire(Pace(rate=100, seconds=30, warm_up=0.05), waiting, warm)
    assert raised.group_contains(LookupError)
