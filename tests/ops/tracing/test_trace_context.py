"""W3C trace context: what is read of a caller's headers, and what is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import TraceState

from ops.operation_record import TraceContext
from ops.tracing.trace_context import (
    MOST_CHARACTERS,
    MOST_MEMBERS,
    Parent,
    outgoing,
    read_traceparent,
    read_tracestate,
    write_traceparent,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
PARENT = Parent(int(TRACE, 16), int(SPAN, 16), sampled=True)


@pytest.mark.parametrize(
    ("text", "parent"),
    [
        (f"00-{TRACE}-{SPAN}-01", PARENT),
        (f"00-{TRACE}-{SPAN}-00", PARENT._replace(sampled=False)),
        (f"00-{TRACE}-{SPAN}-03", PARENT._replace(random=True)),
        (f"00-{TRACE}-{SPAN}-fe", PARENT._replace(sampled=False, random=True)),
        (f"00-{TRACE}-{SPAN}-fd", PARENT),
        (f"cc-{TRACE}-{SPAN}-01", PARENT),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", PARENT),
        (f"01-{TRACE}-{SPAN}-01-", PARENT),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"00-{TRACE}-{SPAN}-01-", None),
        (f"01-{TRACE}-{SPAN}-01.more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}-0", None),
        (f"00-{TRACE}-{SPAN}-0x", None),
        (f"00-{TRACE}-{SPAN}-1", None),
        (f"0-{TRACE}-{SPAN}-01", None),
        (f" 00-{TRACE}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}-01\n", None),
        (f"00-{TRACE[:-1]}-{SPAN}-01", None),
        (f"00-{TRACE}-{SPAN}", None),
        (f"00-{TRACE}-{SPAN}-01,00-{TRACE}-{SPAN}-01", None),
        ("", None),
    ],
)
def test_a_traceparent_is_read_strictly(text: str, parent: Parent | None) -> None:
    """Version 00 to the letter, later ones by their first fields, version 255 and zeros not at all."""
    assert read_traceparent(text.encode()) == parent


@given(st.binary(max_size=80))
def test_no_bytes_do_harm(value: bytes) -> None:
    """Whatever a client sends, it is a parent or none."""
    assert read_traceparent(value) is None
    assert isinstance(read_tracestate(value.decode("latin-1")), list)


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans(), st.booleans())
def test_what_is_written_can_be_read(trace_id: int, span_id: int, sampled: bool, random: bool) -> None:  # noqa: FBT001 - examples
    """A `traceparent` of ours says the same to whoever reads it."""
    written = write_traceparent(TraceContext(trace_id, span_id, 0, sampled, random=random))
    assert read_traceparent(written.encode()) == Parent(trace_id, span_id, sampled, random)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7", [("congo", "t61rcWkgMzE"), ("rojo", "00f067aa0ba902b7")]),
        (" a=1 ,\t,b@c=x y,", [("a", "1"), ("b@c", "x y")]),
        ("0tenant@vendor=1", [("0tenant@vendor", "1")]),
        ("a=1,a=2", []),
        ("A=1", []),
        ("0a=1", []),
        ("a=1,b", []),
        ("a=b=c", []),
        ("a=", []),
        (f"a={'x' * 257}", []),
        (f"{'a' * 257}=1", []),
        ("a=\N{SNOWMAN}", []),
        ("", []),
    ],
)
def test_a_tracestate_is_whole_or_nothing(text: str, members: list[tuple[str, str]]) -> None:
    """One member that is wrong makes the list void, as nobody knows what it should have said."""
    assert read_tracestate(text) == members


def test_a_tracestate_is_bounded() -> None:
    """33 members make none; of too many characters the long members go first, then the last."""
    many = ",".join(f"k{number}=v" for number in range(MOST_MEMBERS + 1))
    assert read_tracestate(many) == []
    assert len(read_tracestate(many.rpartition(",")[0])) == MOST_MEMBERS
    long = f"first=1,long={'x' * 200}," + ",".join(f"k{number}={'y' * 96}" for number in range(5))
    kept = read_tracestate(long)
    assert [key for key, _ in kept] == ["first", "k0", "k1", "k2", "k3", "k4"]
    assert [key for key, _ in read_tracestate(long + f",last={'z' * 100}")] == ["first", "k0", "k1", "k2", "k3", "k4"]


@given(st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9_]{0,40}", fullmatch=True), st.from_regex(r"[!-+]{1,250}"))))
def test_what_is_kept_of_a_tracestate_is_one(members: list[tuple[str, str]]) -> None:
    """It is short enough, in its order, and OpenTelemetry takes it as it stands."""
    text = ",".join(f"{key}={value}" for key, value in members)
    kept = read_tracestate(text)
    assert len(",".join(f"{key}={value}" for key, value in kept)) <= MOST_CHARACTERS
    assert list(TraceState(kept).items()) == kept
    remaining = iter(read_tracestate(text) and [(key, value.strip(" ")) for key, value in members])
    assert all(member in remaining for member in kept)


def test_calls_tell_where_they_are() -> None:
    """A call of another service carries both headers, the second only where there is something to say."""
    context = TraceContext(PARENT.trace_id, PARENT.span_id, 0, sampled=True, state="congo=1,,rojo=2")
    assert outgoing(context) == {"traceparent": f"00-{TRACE}-{SPAN}-03", "tracestate": "congo=1,rojo=2"}
    assert outgoing(TraceContext(1, 2, 0, sampled=False)) == {"traceparent": f"00-{1:032x}-{2:016x}-02"}
