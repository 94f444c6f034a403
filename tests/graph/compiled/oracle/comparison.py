"""When two answers count as the same.

Data: equal as values (types included) and as JSON bytes, always.

Errors of an operation that both finished without awaiting: equal in message, path, locations, original error
and order.

Errors of an asynchronous operation. A position is *nulled* where data has null there because something below failed.
An error whose own position is null in the data, or stands there at all, must be on both sides alike (any order). Below
a nulled position graphql-core cancels what has not finished yet, so which errors it tells is chance; there, and only
there, ours may differ within these bounds: at least one error below every nulled position that has one in the
reference, none below any other, and each of ours is one that graphql-core tells when it propagates nothing
(`@experimental_disableErrorPropagation`).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLError

from tests.graph.compiled.oracle.structs import plain

Told = tuple[str, tuple[str | int, ...] | None, tuple[tuple[int, int], ...], str]
Place = tuple[str | int, ...]
ELSEWHERE: Place = ("?",)
"""Where errors stand that came with a path of their own, which is no position of this answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an executor came to; `awaited` says that it had to wait."""

    data: Any
    errors: list[GraphQLError]
    awaited: bool

    def told(self) -> list[Told]:
        """Return what is compared of each error."""
        return [_told(error) for error in self.errors]


def difference(reference: Answer, ours: Answer, every: Answer) -> str | None:
    """Return how two answers differ, or None. `every` is the reference's answer without propagation."""
    found = _data_difference(reference.data, ours.data)
    if found is not None:
        return found
    if not reference.awaited and not ours.awaited:
        if reference.told() == ours.told():
            return None
        return f"errors: expected {reference.told()}, got {ours.told()}"
    return _error_difference(reference, ours, {_told(error) for error in every.errors})


def _data_difference(reference: Any, ours: Any) -> str | None:
    expected, got = _encoded(reference, subclasses=True), _encoded(ours)
    if expected != got:
        return f"data: expected {expected!r}, got {got!r}"
    if _typed(reference) != _typed(plain(ours)):
        return f"values: expected {reference!r}, got {plain(ours)!r}"
    return None


def _encoded(data: Any, *, subclasses: bool = False) -> bytes | str:
    """Return the JSON, or the kind of failure: a lone surrogate and an unknown object print nowhere.

    graphql-core hands a subclass of str on as it is; that it prints as a str is for whoever encodes its answer.
    """
    try:
        return msgspec.json.encode(data, enc_hook=_plain_text if subclasses else None)
    except (UnicodeEncodeError, OverflowError, TypeError, ArithmeticError) as error:
        return type(error).__name__


def _plain_text(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"no JSON for {type(value)}")


def _typed(data: Any) -> Any:
    """Return data in which 1, 1.0 and True are different, and members keep their order."""
    if isinstance(data, dict):
        return ["dict", *((key, _typed(value)) for key, value in data.items())]
    if isinstance(data, list):
        return ["list", *(_typed(value) for value in data)]
    for kind in (bool, int, float, str):
        if isinstance(data, kind):
            return kind.__name__, _encoded(data, subclasses=True)
    printed = _encoded(data)  # an instant may be held as it is on one side, and printed already on the other
    return "str" if printed[:1] == b'"' else type(data).__name__, printed


def _error_difference(reference: Answer, ours: Answer, possible: set[Told]) -> str | None:
    expected, expected_below = _split(reference)
    got, got_below = _split(ours)
    if expected != got:
        return f"settled errors: expected {expected - got} more, got {got - expected} more"
    if ELSEWHERE not in {*expected_below, *got_below} and set(expected_below) != set(got_below):
        return f"nulled positions with errors: expected {set(expected_below)}, got {set(got_below)}"
    invented = [told for below in got_below.values() for told in below if told not in possible]
    return f"errors that cannot be: {invented}" if invented else None


def _split(answer: Answer) -> tuple[Counter[Told], dict[Place, list[Told]]]:
    settled: Counter[Told] = Counter()
    below: dict[Place, list[Told]] = {}
    data = plain(answer.data)
    for told in answer.told():
        nulled = _nulled_above(data, told[1] or ())
        if nulled is None:
            settled[told] += 1
        else:
            below.setdefault(nulled, []).append(told)
    return settled, below


def _nulled_above(data: Any, path: Place) -> Place | None:
    """Return the shortest proper prefix of the path at which the data is null."""
    for length, step in enumerate(path):
        if data is None:
            return path[:length]
        try:
            data = data[step]
        except (LookupError, TypeError):
            return ELSEWHERE
    return None


def _told(error: GraphQLError) -> Told:
    path = None if error.path is None else tuple(error.path)
    places = tuple((place.line, place.column) for place in error.locations or ())
    original = error.original_error
    return error.message, path, places, f"{type(original).__name__}: {original}"
