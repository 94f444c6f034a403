"""Kept answers on their shelf: bounded, dropped by tag, gone with their tick."""

from hypothesis import given
from hypothesis import strategies as st

from graph.http.accept import JSON
from graph.responses.kept import OVERHEAD, Kept, names
from graph.responses.policy import CachePolicy
from graph.responses.shelf import Shelf

MINUTE = CachePolicy(60, private=False)
ROOM = 20 * (OVERHEAD + 10)


def kept(body: bytes = b"0123456789", *tags: str, now: float = 0.0) -> Kept:
    """An answer of a minute."""
    return Kept(body, JSON, MINUTE, frozenset(tags), now)


def test_a_new_tick_begins_empty() -> None:
    """The instant is part of the answer."""
    shelf = Shelf(ROOM)
    shelf.put(1, "a", kept())
    assert shelf.get(2, "a", 0.0) is None
    shelf.put(2, "b", kept())
    assert shelf.get(1, "a", 0.0) is None
    assert len(shelf) == 1


def test_a_clock_that_is_set_back_empties_the_shelf_and_no_more() -> None:
    """Answers go on being kept."""
    shelf = Shelf(ROOM)
    shelf.put(500, "a", kept())
    shelf.put(1, "b", kept())
    assert shelf.get(1, "b", 0.0) is not None


def test_age_ends_an_answer() -> None:
    """At its last second it is served no more."""
    shelf = Shelf(ROOM)
    answer = kept(now=100.0)
    shelf.put(1, "a", answer)
    assert shelf.get(1, "a", 159.9) is answer
    assert shelf.get(1, "a", 160.0) is None
    assert shelf.bytes_used == 0


def test_tags_drop_what_was_made_of_them() -> None:
    """One tag of several is enough; what has none of them stays; None drops all."""
    shelf = Shelf(ROOM)
    shelf.put(1, "both", kept(b"1", "quote:A", "quote:B"))
    shelf.put(1, "other", kept(b"2", "quote:C"))
    shelf.drop(["quote:B", "quote:unheard"])
    assert shelf.get(1, "both", 0.0) is None
    assert shelf.get(1, "other", 0.0) is not None
    shelf.drop(None)
    assert (len(shelf), shelf.bytes_used, shelf._by_tag) == (0, 0, {})


def test_the_least_recently_served_goes_first() -> None:
    """A flood of others drops what nobody asks for, and keeps what somebody does."""
    shelf = Shelf(ROOM)
    shelf.put(1, "asked", kept())
    shelf.put(1, "left", kept())
    for number in range(19):
        assert shelf.get(1, "asked", 0.0) is not None
        shelf.put(1, number, kept())
    assert shelf.get(1, "asked", 0.0) is not None
    assert shelf.get(1, "left", 0.0) is None


def test_names_and_tags_take_room() -> None:
    """A small answer that was made of hundreds of stocks is as large as what finds it again."""
    assert Kept(b"", JSON, MINUTE, name="N" * 5_000).size > 5_000
    tags = [f"quote:{'S' * 200}{number}" for number in range(100)]
    assert kept(b"1", *tags).size - kept(b"1").size > 100 * 200 + 100 * 256


def test_one_answer_does_not_fill_the_shelf() -> None:
    """More than a tenth of the room is not kept."""
    shelf = Shelf(ROOM)
    shelf.put(1, "large", kept(b"x" * ROOM))
    assert len(shelf) == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.integers(0, 3_000),
            st.sets(st.sampled_from(["t:1", "t:2", "t:3"]), max_size=3),
        ),
        max_size=60,
    )
)
def test_sizes_and_tags_stay_exact(steps: list[tuple[str, int, set[str]]]) -> None:
    """Whatever is put and dropped, the bytes are those of what is kept, within the bound, and no tag leads nowhere."""
    shelf = Shelf(ROOM)
    for key, length, tags in steps:
        shelf.put(1, key, kept(b"x" * length, *tags))
        if len(tags) == 1:
            shelf.drop(["t:1"])
        assert shelf.bytes_used == sum(one.size for one in shelf._kept.values()) <= ROOM
        assert {key for keys in shelf._by_tag.values() for key in keys} == {
            key for key, one in shelf._kept.items() if one.tags
        }


def test_entity_tags_tell_bytes_and_types_apart() -> None:
    """A strong tag stands for one representation; comparing takes lists, weak forms and the asterisk."""
    tag = Kept(b"{}", JSON, MINUTE).etag
    assert tag == Kept(b"{}", JSON, CachePolicy(1, private=True)).etag
    assert tag != Kept(b"{} ", JSON, MINUTE).etag
    assert tag != Kept(b"{}", "application/graphql-response+json", MINUTE).etag
    for header in (tag.decode(), f'"x", W/{tag.decode()}', "*"):
        assert names(header, tag)
    for other in ("", '"x"', tag.decode().strip('"')):
        assert not names(other, tag)


def test_age_is_told_in_whole_seconds() -> None:
    """`age` counts from when the answer was made; what was just made has none."""
    answer = kept(now=100.0)
    assert answer.age(107.9) == [(b"age", b"7")]
    assert answer.age(100.9) == []
    assert dict(answer.headers)[b"cache-control"] == b"public, max-age=60"
