"""Before anything is timed: the API and the hand-written endpoint answer the same requests with the same bytes."""

import http.client
from collections.abc import Sequence
from typing import Any

import orjson

from tests.bench.processes import Served
from tests.bench.shapes import Shape

_TRIES = 4  # a clock tick between the two moves the window under one of them
_AROUND = 120

Expected = list[tuple[str, int]]


def answer(server: Served, request: str) -> bytes:
    """Ask once, on a connection of its own, and return the body. SystemExit where it is no 200, or has errors."""
    head, _, body = request.partition("\r\n\r\n")
    method, path, _ = head.partition("\r\n")[0].split(" ")
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        found = response.read()
    finally:
        connection.close()
    if response.status != http.client.OK or b'"errors"' in found[:200]:
        raise SystemExit(f"{server.name} answered {response.status}: {found[:1_000]!r}")
    return found


def expected(server: Served, requests: Sequence[str]) -> Expected:
    """Pair each request with the length of what answers it now."""
    return [(request, len(answer(server, request))) for request in requests]


def check_same(shape: Shape, ours: Served, limit: Served) -> tuple[Expected, Expected]:
    """Return the requests for both with the lengths of their answers. SystemExit where the bytes differ."""
    of_us, of_limit = [], []
    for request, other in zip(shape.asked_of_us(), shape.asked_of_limit(), strict=True):
        for _ in range(_TRIES):
            mine, theirs = answer(ours, request), answer(limit, other)
            if mine == theirs:
                break
        else:
            raise SystemExit(
                f"{shape.name}: the answers of {ours.name} and the limit differ {_difference(mine, theirs)}"
            )
        of_us.append((request, len(mine)))
        of_limit.append((other, len(theirs)))
    return of_us, of_limit


def check_same_leaders(of_snapshot: bytes, of_raw_rows: bytes) -> None:
    """Compare two trending lists but for rounding in the last place. SystemExit where they differ."""
    kept, counted = (orjson.loads(body)["data"]["trending"]["entries"] for body in (of_snapshot, of_raw_rows))
    if _rounded(kept) != _rounded(counted):
        raise SystemExit(f"raw rows and the snapshot disagree: {kept} and {counted}")


def _rounded(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: round(value, 9) if isinstance(value, float) else value for name, value in entry.items()}
        for entry in entries
    ]


def _difference(mine: bytes, theirs: bytes) -> str:
    place = next((at for at, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), -1)
    start = max(0, place - _AROUND)
    return f"at byte {place}: {mine[start : place + _AROUND]!r} and {theirs[start : place + _AROUND]!r}"
