"""The headers `traceparent` and `tracestate` of https://www.w3.org/TR/trace-context-2/, read strictly.

A `traceparent` that is wrong in any way is as good as none, and the `tracestate` beside it then says nothing either.
"""

import re
from typing import Final, NamedTuple

from ops.operation_record import TraceContext

MOST_MEMBERS: Final = 32
MOST_CHARACTERS: Final = 512
"""What of a `tracestate` is passed on at least, says the specification; here it is the most as well."""

SAMPLED: Final = 0x01
RANDOM: Final = 0x02
"""The trace id was drawn at random, so that its low 56 bits may decide who samples (Level 2)."""

# A later version may add fields behind those of version 00, and version 255 is none.
_TRACEPARENT: Final = re.compile(rb"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x20-\x7e]*)?")
_MEMBER: Final = re.compile(
    r"([a-z][_0-9a-z\-*/]{0,255}|[a-z0-9][_0-9a-z\-*/]{0,240}@[a-z][_0-9a-z\-*/]{0,13})"
    r"=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])"
)
_LONG_MEMBER: Final = 128
_LONGEST: Final = 8_192


class Parent(NamedTuple):
    """What a caller said of its own span."""

    trace_id: int
    span_id: int
    sampled: bool
    random: bool = False


def read_traceparent(value: bytes) -> Parent | None:
    """Return what a `traceparent` says; None where it is not one."""
    found = _TRACEPARENT.fullmatch(value)
    if found is None:
        return None
    version, trace, span, flags, more = found.groups()
    if more is not None and version == b"00":
        return None
    trace_id, span_id = int(trace, 16), int(span, 16)
    if not trace_id or not span_id:
        return None
    said = int(flags, 16)
    return Parent(trace_id, span_id, bool(said & SAMPLED), bool(said & RANDOM))


def write_traceparent(context: TraceContext) -> str:
    """Return the `traceparent` for those whom this span calls."""
    flags = (SAMPLED if context.sampled else 0) | (RANDOM if context.random else 0)
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{flags:02x}"


def read_tracestate(value: str) -> list[tuple[str, str]]:
    """Return the members of a `tracestate` in their order, cut to what is passed on; none where it is not one."""
    members: list[tuple[str, str]] = []
    for text in value.split(","):
        member = text.strip(" \t")
        if not member:
            continue
        found = _MEMBER.fullmatch(member)
        if found is None:
            return []
        members.append((found[1], found[2]))
    if len(members) > MOST_MEMBERS or len({key for key, _ in members}) < len(members):
        return []
    return _bounded(members)


def outgoing(context: TraceContext) -> dict[str, str]:
    """Return the headers with which a call of another service says where in the trace it is."""
    headers = {"traceparent": write_traceparent(context)}
    state = ",".join(f"{key}={value}" for key, value in read_tracestate(context.state))
    return headers | ({"tracestate": state} if state else {})


def kept_state(value: bytes | None) -> str:
    """Return a `tracestate` as text, unread as yet: whoever needs it reads it. One of no sensible length is none."""
    return value.decode("latin-1") if value and len(value) <= _LONGEST else ""


def _bounded(members: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out members until the rest is short enough: long ones first, then from the end, as is specified."""
    for member in [*reversed([one for one in members if _length(one) > _LONG_MEMBER]), *reversed(members)]:
        if sum(map(_length, members)) + len(members) - 1 <= MOST_CHARACTERS:
            break
        if member in members:
            members.remove(member)
    return members


def _length(member: tuple[str, str]) -> int:
    return len(member[0]) + 1 + len(member[1])
