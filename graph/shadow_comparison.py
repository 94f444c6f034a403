"""Where two answers to one query differ: places in the response, never what stands there.

Data has to be equal as JSON. Errors have to be equal in path, code and message, in any order; below a position that an
error made null it is chance which of several errors is told first, so there it only counts that one is.
"""

from collections import Counter
from typing import Any

import msgspec

from graph.http.responses import encode
from graph.outcome import Outcome

_MISSING = object()
Place = tuple[str | int, ...]


def differing_places(reference: Outcome, compiled: Outcome) -> list[str]:
    """Return the places, as `stocks.nodes.3.quote` or `errors at stocks`, at which the answers differ."""
    first, second = _values(reference.data), _values(compiled.data)
    places = [_spelled(place) for place in _walk(first, second, ())]
    errors, others = _errors(reference, first), _errors(compiled, second)
    differing = {told[0] for told in (errors - others) + (others - errors)}
    return places + sorted(f"errors at {_spelled(place)}" for place in differing)


def settled(*answers: Outcome) -> bool:
    """Tell whether no answer has an error that would go away by itself: a store away, or time run out."""
    return not any(error["extensions"].get("retryable") for answer in answers for error in answer.errors)


def _values(data: Any) -> Any:
    return msgspec.json.decode(encode(data))


def _walk(first: Any, second: Any, place: Place) -> list[Place]:
    if isinstance(first, dict) and isinstance(second, dict):
        if list(first) != list(second):
            return [place]
        return [found for key in first for found in _walk(first[key], second[key], (*place, key))]
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return [place]
        pairs = enumerate(zip(first, second, strict=True))
        return [found for number, (one, other) in pairs for found in _walk(one, other, (*place, number))]
    return [] if type(first) is type(second) and first == second else [place]


def _errors(answer: Outcome, data: Any) -> Counter[tuple[Place, str, str]]:
    told: Counter[tuple[Place, str, str]] = Counter()
    for error in answer.errors:
        path = tuple(error.get("path") or ())
        nulled = _nulled_above(data, path)
        if nulled is None:
            told[path, str(error["extensions"].get("code")), error["message"]] += 1
        else:
            told[nulled, "", ""] = 1
    return told


def _nulled_above(data: Any, path: Place) -> Place | None:
    """Return the shortest proper prefix of a path at which the data is null, if any is."""
    for length, step in enumerate(path):
        if data is None:
            return path[:length]
        if isinstance(data, dict):
            data = data.get(str(step), _MISSING)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return None


def _spelled(place: Place) -> str:
    return ".".join(str(part) for part in place) or "the root"
