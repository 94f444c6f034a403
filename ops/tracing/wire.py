"""Spans as bytes: the messages of opentelemetry/proto/trace/v1/trace.proto, in the encoding of Protocol Buffers.

Written here because it is what a sampled operation pays for: by way of message objects a span costs five times as much.
Field numbers are those of OTLP, which never change; tests read what is written with the real messages.
"""

from functools import lru_cache
from struct import Struct
from typing import Final

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue

Value = str | int | tuple[str, ...]  # a bool is an int to Python, and a bool to OpenTelemetry
_REMEMBERED: Final = 4_096
_SMALL: Final = 0x80  # numbers below it are one byte
_IDS: Final = Struct(">2s16s2sQ")  # trace_id = 1, span_id = 2: ids travel in network order
_PARENT: Final = Struct(">2sQ")  # parent_span_id = 4
_TIMES: Final = Struct("<BQBQ")  # start_time_unix_nano = 7, end_time_unix_nano = 8
_FLAGS: Final = Struct("<2sI")  # flags = 16
_LINK_FLAGS: Final = Struct("<BI")  # flags = 6
_STATE, _NAME, _KIND, _ATTRIBUTE, _LINK = b"\x1a", b"\x2a", b"\x30", b"\x4a", b"\x6a"
_LINK_ATTRIBUTE: Final = b"\x22"
_FAILED: Final = b"\x7a\x02\x18\x02"  # status = 15, a message with code = 3: STATUS_CODE_ERROR


def head(trace_id: bytes, span_id: int, parent: int, state: str) -> bytes:
    """Return a span's place: ids, parent (0 for none) and `tracestate`."""
    ids = _IDS.pack(b"\x0a\x10", trace_id, b"\x12\x08", span_id)
    if parent:
        ids += _PARENT.pack(b"\x22\x08", parent)
    return ids + _STATE + sized(state.encode()) if state else ids


def body(name: str, kind: int, start: int, end: int, flags: int, *, failed: bool) -> bytes:
    """Return what every span has beside its place; times are nanoseconds since 1970."""
    times = _TIMES.pack(0x39, start, 0x41, end)
    told = _named(name, kind) + times + _FLAGS.pack(b"\x85\x01", flags)
    return told + _FAILED if failed else told


@lru_cache(_REMEMBERED, typed=True)  # names and paths are few, and come with each span
def attribute(key: str, value: Value) -> bytes:
    """Return an attribute of a span."""
    return _ATTRIBUTE + _key_value(key, value)


def link(trace_id: bytes, span_id: int, flags: int, key: str, value: Value) -> bytes:
    """Return a span's link to another span, with an attribute."""
    told = _LINK_ATTRIBUTE + key_value(key, value) + _LINK_FLAGS.pack(0x35, flags)
    return _LINK + sized(_IDS.pack(b"\x0a\x10", trace_id, b"\x12\x08", span_id) + told)


def sized(data: bytes) -> bytes:
    """Return data behind its length."""
    size = len(data)
    if size < _SMALL:
        return bytes((size,)) + data
    length = bytearray()
    while size >= _SMALL:
        length.append(size & (_SMALL - 1) | _SMALL)
        size >>= 7
    length.append(size)
    return bytes(length) + data


@lru_cache(_REMEMBERED, typed=True)
def key_value(key: str, value: Value) -> bytes:
    """Return an attribute behind its length; a resource and a link have it under other numbers than a span."""
    return _key_value(key, value)


def _key_value(key: str, value: Value) -> bytes:
    return sized(KeyValue(key=key, value=_any_value(value)).SerializeToString())


@lru_cache(_REMEMBERED)
def _named(name: str, kind: int) -> bytes:
    return _NAME + sized(name.encode()) + _KIND + bytes((kind,))


def _any_value(value: Value) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    return AnyValue(array_value=ArrayValue(values=map(_any_value, value)))
