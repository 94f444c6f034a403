"""Who is there: addresses with connections, now or within the last five minutes."""

import pytest

from ops.metrics.presence import ACTIVE_SECONDS, MOST_ADDRESSES, Presence


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_an_address_counts_once_and_for_five_minutes_more() -> None:
    """Two connections from one address are one user, who is there as long as one is open, and five minutes longer."""
    clock = Clock()
    presence = Presence(clock)
    presence.arrived("10.0.0.1")
    presence.arrived("10.0.0.1")
    presence.arrived("10.0.0.2")
    assert presence.count() == 2
    presence.left("10.0.0.1")
    clock.now += 10 * ACTIVE_SECONDS
    assert presence.count() == 2
    presence.left("10.0.0.1")
    presence.left("10.0.0.2")
    clock.now += ACTIVE_SECONDS
    assert presence.count() == 2
    clock.now += 1
    assert presence.count() == 0


def test_who_comes_back_is_not_counted_twice() -> None:
    """An address that left and returned is one."""
    presence = Presence(Clock())
    for _ in range(3):
        presence.arrived("10.0.0.1")
        presence.left("10.0.0.1")
    presence.arrived("10.0.0.1")
    assert presence.count() == 1


def test_sockets_are_counted_while_they_are_open() -> None:
    """A WebSocket is its address' presence, and one open socket; also where it ends with an exception."""
    presence = Presence(Clock())

    def lost() -> None:
        with presence.socket("10.0.0.1"), presence.socket("10.0.0.1"):
            assert (presence.sockets, presence.count()) == (2, 1)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        lost()
    assert (presence.sockets, presence.count()) == (0, 1)


def test_a_flood_of_addresses_is_bounded() -> None:
    """The addresses that left first are forgotten first."""
    presence = Presence(Clock())
    for number in range(MOST_ADDRESSES + 500):
        presence.arrived(f"address {number}")
        presence.left(f"address {number}")
    assert presence.count() == MOST_ADDRESSES
