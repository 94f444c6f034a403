"""How the metrics are written down: OpenMetrics 1.0 with exemplars where it is asked for, text 0.0.4 otherwise.

A scrape of thousands of lines would stop the event loop for as long as it takes to write them, so it is written in
pieces, between which whoever asked gives others their turn.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PIECE: Final = 250
"""Samples in one piece: a millisecond or two of work."""

_OPENMETRICS_RANGE = "application/openmetrics-text"
_TEXT_RANGES = ("text/plain", "text/*", "*/*")
_END = b"# EOF\n"


class Range(NamedTuple):
    """One media range of an Accept header, in small letters."""

    type: str
    version: str | None
    quality: float


def content_type(accept: str) -> str:
    """Return the form that an Accept header asks for (RFC 9110, section 12.5.1); text where it names neither."""
    ranges = [_range(part) for part in accept.lower().split(",")]
    asked = [one.quality for one in ranges if one.type == _OPENMETRICS_RANGE and one.version in {None, "1.0.0"}]
    plain = [one.quality for one in ranges if one.type in _TEXT_RANGES]
    wanted = max(asked, default=0.0)
    return OPENMETRICS if wanted > 0 and wanted >= max(plain, default=0.0) else TEXT


def pieces(registry: CollectorRegistry, form: str) -> Iterator[bytes]:
    """Yield the exposition of a registry, in the form that one of the two content types names."""
    last = ""
    for family in registry.collect():
        # When a series began is told by no process that outlives its scrapes: it would double their number.
        family.samples = [one for one in family.samples if not one.name.endswith("_created")]
        yield from _written(family, form, goes_on=family.name == last)
        last = family.name
    if form == OPENMETRICS:
        yield _END


def _written(family: Metric, form: str, *, goes_on: bool) -> Iterator[bytes]:
    samples = family.samples
    for start in range(0, max(1, len(samples)), PIECE):
        family.samples = samples[start : start + PIECE]
        written = _write(_Only((family,)), form)
        yield _without_head(written) if goes_on or start else written


def _write(one: Collector, form: str) -> bytes:
    if form != OPENMETRICS:
        return generate_latest(one)
    written: bytes = openmetrics.generate_latest(one)  # type: ignore[no-untyped-call]  # the library has no types here
    return written.removesuffix(_END)


def _without_head(written: bytes) -> bytes:
    """Leave out the lines that say what the family is: once is enough, and more is against the format."""
    while written.startswith(b"#"):
        written = written.partition(b"\n")[2]
    return written


class _Only(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _range(part: str) -> Range:
    kind, *parameters = (piece.strip() for piece in part.split(";"))
    pairs = (parameter.split("=", 1) for parameter in parameters if "=" in parameter)
    values = {name: value.strip('"') for name, value in pairs}
    try:
        quality = min(1.0, max(0.0, float(values.get("q", "1"))))
    except ValueError:
        quality = 0.0
    return Range(kind, values.get("version"), quality if quality == quality else 0.0)  # noqa: PLR0124 - a NaN is none
