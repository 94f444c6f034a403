"""Rounds of load: each server in turn, so that what changes on the machine meanwhile changes it for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from tests.bench.load_client import Tally
from tests.bench.processes import Served, load
from tests.bench.same_answers import Expected

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Contender:
    """A server with what it is asked; `name` is how rows call it."""

    name: str
    server: Served
    requests: Expected


@dataclass(slots=True)
class Figures:
    """What the rounds of one contender measured: at 16 connections, and one after another on one connection."""

    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    single_cpu_ms: list[float] = field(default_factory=list)


def run_rounds(contenders: Sequence[Contender], rounds: int, seconds: float, *, single: bool) -> dict[str, Figures]:
    """Warm each contender up, then load them in turn; `single` also measures latency on one connection."""
    found = {one.name: Figures() for one in contenders}
    for one in contenders:
        load(one.server, one.requests, CONNECTIONS, 0.5)
    for number in range(rounds):
        for one in contenders if number % 2 == 0 else reversed(contenders):
            figures = found[one.name]
            tally, cpu = _measured(one, CONNECTIONS, seconds)
            figures.per_second.append(tally.answered / tally.seconds)
            figures.cpu_ms.append(cpu)
            if single:
                tally, cpu = _measured(one, 1, seconds)
                figures.single_cpu_ms.append(cpu)
                figures.p50_ms.append(median(tally.milliseconds))
                figures.p99_ms.append(quantiles(tally.milliseconds, n=100)[98])
    return found


def _measured(one: Contender, connections: int, seconds: float) -> tuple[Tally, float]:
    """Return what came, and the server's CPU milliseconds a request."""
    before = one.server.cpu_seconds()
    tally = load(one.server, one.requests, connections, seconds)
    return tally, (one.server.cpu_seconds() - before) * 1_000 / tally.answered


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Divide round by round."""
    return [one / other for one, other in zip(above, below, strict=True)]
