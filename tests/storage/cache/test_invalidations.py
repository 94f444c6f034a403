"""The order of invalidations: what was read before a mark is known to be unchanged, or counts as changed."""

import pytest

from storage.cache import invalidation
from storage.cache.invalidation import Invalidations
from storage.cache.tags import ALL, STALE, parse, whole


class Clock:
    """Seconds that pass when told."""

    now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def following(clock: Clock) -> Invalidations:
    """Invalidations whose link has just proved alive."""
    made = Invalidations(1.0, clock)
    made.lose()
    made.prove(clock.now)
    return made


def test_nothing_is_trusted_before_the_link_proves_alive(clock: Clock) -> None:
    """Nor counts what was read before the first proof as unchanged after it."""
    made = Invalidations(1.0, clock)
    before = made.mark()
    assert not made.trusted
    assert made.changed(before, ["stock:AAPL"])
    made.lose()
    made.prove(clock.now)
    assert made.trusted
    assert made.changed(before, ["stock:AAPL"])
    assert not made.changed(made.mark(), ["stock:AAPL"])


def test_tags_change_after_the_mark_only(following: Invalidations) -> None:
    """A write before the mark was seen by whoever read after it."""
    before = following.mark()
    following.hear(["stock:AAPL"])
    after = following.mark()
    assert following.changed(before, ["quote:AAPL", "stock:AAPL"])
    assert not following.changed(before, ["stock:MSFT"])
    assert not following.changed(after, ["stock:AAPL"])


def test_trust_ends_with_the_lease_and_comes_back_with_a_proof(following: Invalidations, clock: Clock) -> None:
    """Silence takes trust away and not what was heard: the same link, alive again, has lost nothing."""
    mark = following.mark()
    clock.now += 0.99
    assert following.trusted
    clock.now += 0.02
    assert not following.trusted
    assert following.changed(mark, ["stock:AAPL"])
    following.prove(clock.now)
    assert not following.changed(mark, ["stock:AAPL"])


def test_a_broken_link_makes_everything_uncertain(following: Invalidations, clock: Clock) -> None:
    """Marks from before the break, and from before the new link listened, count as changed for ever."""
    heard: list[frozenset[str] | None] = []
    following.listen(heard.append)
    before = following.mark()
    following.distrust()
    during = following.mark()
    assert not following.trusted
    following.lose()
    following.prove(clock.now)
    assert following.trusted
    assert following.changed(before, ["stock:AAPL"])
    assert following.changed(during, ["stock:AAPL"])
    assert heard == [None, None]


def test_a_whole_kind_is_everything(following: Invalidations) -> None:
    """It happens rarely, and listeners need not know kinds."""
    heard: list[frozenset[str] | None] = []
    following.listen(heard.append)
    mark = following.mark()
    following.hear(["stock:AAPL"])
    following.hear([whole("mention")])
    assert heard == [frozenset({"stock:AAPL"}), None]
    assert following.changed(mark, ["quote:MSFT"])


def test_what_is_remembered_of_tags_is_bounded(following: Invalidations, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before the oldest write that is remembered may have changed; later readings are told exactly."""
    monkeypatch.setattr(invalidation, "MOST_TAGS", 10)
    old = following.mark()
    following.hear(["stock:FIRST"])
    later = following.mark()
    for number in range(10):
        following.hear([f"stock:S{number}"])
    assert len(following._last) == 10
    assert following.changed(old, ["stock:NEVER"])
    assert not following.changed(later, ["stock:NEVER"])
    assert following.changed(later, ["stock:S0"])


def test_answers_beyond_their_time_always_count_as_changed(following: Invalidations) -> None:
    """So that no other cache keeps what was made of them."""
    assert following.changed(following.mark(), [STALE])


@pytest.mark.parametrize("tag", ["stock:BRK.B", "quote:AAPL", "trending:DAY", "stock:*", "mention:*", "feed:*", *ALL])
def test_tags_are_read_as_they_are_written(tag: str) -> None:
    """Each form of the list."""
    assert parse(tag) == tag


def test_spellings_of_symbols_and_timeframes_are_one_tag() -> None:
    """As everywhere."""
    assert (parse("stock:brk-b"), parse("trending:day")) == ("stock:BRK.B", "trending:DAY")
