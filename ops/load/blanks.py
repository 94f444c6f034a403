"""Blanks of a load, as `{symbol}`, filled with what a server was found to have; alike in every run on the same data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from urllib.parse import quote

from msgspec import Struct

_BLANK = re.compile(r"\{(?:(symbol|id|text)|(symbols|ids):([1-9]\d{0,2})|now(?:-([1-9]\d{0,4})([smhd]))?)\}", re.ASCII)
_IN_PATH = re.compile(r"\{[^{}]*\}")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SEED = 20_260_101
_KNOWN = "{symbol}, {symbols:20}, {id}, {ids:20}, {text}, {now} or {now-30d}"


class BlankError(ValueError):
    """A text in braces is no blank."""


class Stock(Struct, frozen=True):
    """A stock that the server has: its symbol and its global id."""

    symbol: str
    id: str


class Blanks:
    """Draws values for blanks: the n-th of `stocks` n times more rarely than the first, as readers' interest falls.

    `now` is the instant from which times count; it stays as it is, as a window that many readers look at does.
    """

    def __init__(self, stocks: Sequence[Stock], now: datetime) -> None:
        if not stocks:
            raise ValueError("there are no stocks to ask for")
        self._stocks = stocks
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._random = Random(_SEED)  # noqa: S311  a load that can be repeated
        self._weights = list(accumulate(1 / rank for rank in range(1, len(stocks) + 1)))

    def filled(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of variables or of a body, with all blanks filled."""
        return {name: self._filled(one) for name, one in value.items()}

    def filled_path(self, path: str) -> str:
        """Return a path with its blanks filled, in the form that URLs have."""
        return _IN_PATH.sub(lambda blank: quote(str(self._drawn(blank[0])), safe=""), path)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.filled(value)
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        return self._drawn(value) if isinstance(value, str) and _BLANK.fullmatch(value) else value

    def _drawn(self, blank: str) -> Any:
        found = _BLANK.fullmatch(blank)
        assert found is not None  # noqa: S101  `check_blanks` has seen to it
        one, several, count, length, unit = found.groups()
        if several is not None:
            drawn = self._random.choices(self._stocks, cum_weights=self._weights, k=2 * int(count))
            distinct = list(dict.fromkeys([*drawn, *self._stocks]))[: int(count)]
            return [stock.id if several == "ids" else stock.symbol for stock in distinct]
        if one is None:
            then = self._now - timedelta(**{_UNITS[unit]: int(length)}) if unit else self._now
            return then.strftime("%Y-%m-%dT%H:%M:%SZ")
        (stock,) = self._random.choices(self._stocks, cum_weights=self._weights)
        if one == "text":
            return stock.symbol[: self._random.randint(1, len(stock.symbol))]
        return stock.id if one == "id" else stock.symbol


def check_blanks(value: Any) -> None:
    """Raise BlankError for a text in braces that stands for nothing."""
    for text in _texts(value):
        for blank in _IN_PATH.findall(text) if text.startswith("/") else [text]:
            if blank.startswith("{") and not _BLANK.fullmatch(blank):
                raise BlankError(f"{blank!r} is no blank; a text in braces is {_KNOWN}")


def stocks_in(answer: Any) -> dict[str, Stock]:
    """Return all stocks of an answer by symbol: its objects with `id` and `symbol`, in their order."""
    found: dict[str, Stock] = {}
    for one in _objects(answer):
        match one:
            case {"id": str(id_), "symbol": str(symbol)} if symbol:
                found.setdefault(symbol, Stock(symbol, id_))
    return found


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
