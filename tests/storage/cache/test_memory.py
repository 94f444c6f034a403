"""The memory level holds to its bound, keeps what is asked for, and forgets by tag."""

import random
from itertools import count

from storage.cache.budget import SAVED_SECONDS, Budget
from storage.cache.memory import REFRESH_FROM, Entry, Memory
from storage.cache.policy import RowPolicy, Seconds, of_symbol

POLICY = RowPolicy(Seconds.HOUR, of_symbol("stock"), int)
PLACE = (POLICY, ())


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def put(memory: Memory, symbol: str, size: int = 1_000, seconds: float = 60, value: object = None) -> None:
    """Keep an answer about a symbol."""
    memory.put(Entry(PLACE, symbol, value or symbol, (f"stock:{symbol}",), size), seconds)


def known(memory: Memory, *symbols: str) -> list[str]:
    """Return those of the symbols that are kept."""
    return list(memory.recall(PLACE, symbols).found)


def test_bytes_stay_within_the_bound_and_add_up() -> None:
    """Whatever is put, replaced and dropped, at random."""
    chance = random.Random(7)
    memory = Memory(50_000, Clock())
    for _ in range(5_000):
        symbol = f"S{chance.randrange(200)}"
        if chance.random() < 0.2:
            memory.drop({f"stock:{symbol}"})
        else:
            put(memory, symbol, chance.randrange(100, 6_000))
        assert memory.bytes == sum(entry.size for entry in memory._queue) <= memory.most
    assert len(memory) == sum(map(len, memory._shelves.values())) == sum(map(len, memory._tagged.values()))
    memory.drop(None)
    assert (memory.bytes, len(memory), memory._shelves, memory._tagged) == (0, 0, {}, {})


def test_what_is_asked_for_outlives_what_is_not() -> None:
    """A stream of answers that nobody asks for again pushes out none that are asked for in between."""
    memory = Memory(20_000, Clock())
    put(memory, "AAPL")
    for number in range(500):
        assert known(memory, "AAPL") == ["AAPL"]
        put(memory, f"S{number}")
    assert len(memory) == 20


def test_answers_end_with_their_time_and_are_due_before() -> None:
    """An answer about to end is still given, and named as due."""
    clock = Clock()
    memory = Memory(20_000, clock)
    put(memory, "AAPL", seconds=100)
    clock.now = 100 * REFRESH_FROM - 1
    assert memory.recall(PLACE, ["AAPL"]) == ({"AAPL": "AAPL"}, [])
    clock.now = 100 * REFRESH_FROM
    assert memory.recall(PLACE, ["AAPL"]) == ({"AAPL": "AAPL"}, ["AAPL"])
    clock.now = 100
    assert memory.recall(PLACE, ["AAPL"]) == ({}, [])


def test_an_answer_that_would_fill_the_room_is_not_kept() -> None:
    """One of more than an eighth of it would push out too much that is asked for."""
    memory = Memory(80_000, Clock())
    put(memory, "SMALL")
    put(memory, "LARGE", size=10_001)
    assert known(memory, "SMALL", "LARGE") == ["SMALL"]


def test_loaders_and_segments_are_apart() -> None:
    """The same param of another segment is another answer."""
    memory = Memory(80_000, Clock())
    places = [(POLICY, ("a",)), (POLICY, ("b",)), (RowPolicy(Seconds.HOUR, of_symbol("quote"), int), ("a",))]
    for number, place in zip(count(1), places, strict=False):
        memory.put(Entry(place, "AAPL", number, (f"kind{number}:AAPL",), 100), 60)
    assert [memory.recall(place, ["AAPL", "MSFT"]).found for place in places] == [
        {"AAPL": number} for number in (1, 2, 3)
    ]


def test_a_budget_fills_up_with_time() -> None:
    """What clients make a process store is bounded by its rate, after a first burst."""
    clock = Clock()
    budget = Budget(100, clock)
    assert budget.spend(100 * SAVED_SECONDS)
    assert not budget.spend(1)
    clock.now = 2
    assert not budget.spend(201)
    assert budget.spend(200)
    clock.now = 1_000_000
    assert not budget.spend(100 * SAVED_SECONDS + 1)
