"""Bytes that are written by hand are what OpenTelemetry's own messages read."""

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from ops.tracing import wire

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
VALUE = st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT | st.lists(TEXT, max_size=5).map(tuple)
ID = st.integers(1, 2**64 - 1)
TIME = st.integers(0, 2**63)


def message(key: str, value: wire.Value) -> KeyValue:
    """The same attribute, made with the real messages."""
    if isinstance(value, tuple):
        return KeyValue(
            key=key, value=AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=v) for v in value]))
        )
    if isinstance(value, bool):
        return KeyValue(key=key, value=AnyValue(bool_value=value))
    if isinstance(value, int):
        return KeyValue(key=key, value=AnyValue(int_value=value))
    return KeyValue(key=key, value=AnyValue(string_value=value))


@given(
    st.binary(min_size=16, max_size=16),
    ID,
    st.just(0) | ID,
    TEXT,
    TEXT,
    st.sampled_from([Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT]),
    st.tuples(TIME, TIME),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.dictionaries(TEXT, VALUE, max_size=4),
    st.lists(st.tuples(ID, TEXT, VALUE), max_size=3),
)
def test_what_is_written_is_a_span(
    trace_id: bytes,
    span_id: int,
    parent: int,
    state: str,
    name: str,
    kind: Span.SpanKind.ValueType,
    times: tuple[int, int],
    flags: int,
    failed: bool,  # noqa: FBT001 - an example
    attributes: dict[str, wire.Value],
    links: list[tuple[int, str, wire.Value]],
) -> None:
    """Every field of a span, of any length, is read back by the real message."""
    written = wire.head(trace_id, span_id, parent, state) + wire.body(name, kind, *times, flags, failed=failed)
    written += b"".join(wire.attribute(key, value) for key, value in attributes.items())
    written += b"".join(wire.link(trace_id, linked, flags, key, value) for linked, key, value in links)
    assert Span.FromString(written) == Span(
        trace_id=trace_id,
        span_id=span_id.to_bytes(8),
        parent_span_id=parent.to_bytes(8) if parent else b"",
        trace_state=state,
        name=name,
        kind=kind,
        start_time_unix_nano=times[0],
        end_time_unix_nano=times[1],
        flags=flags,
        status=Status(code=Status.STATUS_CODE_ERROR) if failed else None,
        attributes=[message(key, value) for key, value in attributes.items()],
        links=[
            Span.Link(trace_id=trace_id, span_id=linked.to_bytes(8), flags=flags, attributes=[message(key, value)])
            for linked, key, value in links
        ],
    )


@given(st.integers(0, 100_000))
def test_lengths_are_those_of_protocol_buffers(size: int) -> None:
    """A text of any length comes back whole, and what follows it as well."""
    written = wire.sized(b"x" * size)
    assert Span.FromString(b"\x2a" + written + b"\x30\x03").name == "x" * size
