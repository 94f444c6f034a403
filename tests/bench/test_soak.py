"""The soak's verdict: it sees a slow leak through noise, and takes noise for no leak."""

import os
import random
from collections.abc import Callable

import httpx
import pytest
from click.testing import CliRunner

from tests.bench.soak import main
from tests.bench.soak_verdict import trend
from tests.bench.soak_watch import Watched, sample

MINUTES = [number / 12 for number in range(120)]


def values(growth: float, noise: float) -> list[float]:
    """Samples of ten minutes that grow by so much a minute."""
    chance = random.Random(3)
    return [100 + growth * minute + chance.gauss(0, noise) for minute in MINUTES]


@pytest.mark.parametrize(
    ("measure", "growth", "noise", "grows"),
    [
        ("memory", 0.0, 0.0, False),
        ("memory", 0.4, 2.0, False),
        ("memory", 1.5, 2.0, True),
        ("memory", -3.0, 2.0, False),
        ("threads", 0.2, 0.1, True),
        ("tasks", 0.0, 20.0, False),
    ],
)
def test_growth_is_told_from_noise(measure: str, growth: float, noise: float, *, grows: bool) -> None:
    """Above its bound by more than its error; the line says so."""
    found = trend("serve", measure, MINUTES, values(growth, noise))
    assert found.grows is grows
    assert ("GROWS" if grows else "steady") in found.text
    assert found.slope == pytest.approx(growth, abs=max(4 * found.error, 1e-9))


def test_a_few_samples_are_no_trend() -> None:
    """A verdict on nothing would be a lie."""
    with pytest.raises(ValueError, match="5 samples of serve"):
        trend("serve", "memory", MINUTES[:5], [1.0] * 5)


@pytest.mark.parametrize(
    ("answer", "tasks"),
    [
        (lambda _: httpx.Response(200, text="# HELP event_loop_tasks x\nevent_loop_tasks 12.0\n"), 12.0),
        (lambda _: httpx.Response(401), None),
    ],
)
async def test_a_process_is_looked_at(answer: Callable[[httpx.Request], httpx.Response], tasks: float | None) -> None:
    """By what the kernel knows of it, and by its own metrics if they can be read."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        found = await sample(Watched("serve", os.getpid(), "http://test/metrics"), client)
    assert found.memory > 10
    assert found.descriptors > 2
    assert found.threads >= 1
    assert found.tasks == tasks
    assert ("tasks" in found.measures) is (tasks is not None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--rate", "0"], "'--rate': a number from 0.1 to 1000 is expected; '0' is given"),
        (["--minutes", "half"], "'--minutes': a number from 1 to 10080 is expected; 'half' is given"),
        (["--minutes", "3"], "--warm-up: fewer minutes than --minutes are expected"),
    ],
)
def test_what_cannot_be_soaked_is_refused_before_anything_starts(words: list[str], told: str) -> None:
    """As wrong usage; nobody waits for half an hour to hear of it."""
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert told in result.output
