"""Objectives that hold, then do not, then hold again: how long each tier takes to tell, and to be quiet."""

from collections.abc import Sequence

from ops.deploy.clock import MINUTE
from ops.deploy.queries import observed
from tests.ops.deploy.alert_case import BUDGETS, Case, counter

_A_SAMPLE = 40
_LABELS = {
    "operations": 'kind="query", operation="StockPage"',
    "statements": 'statement="quotes"',
    "cache_calls": 'call="mget"',
    "external_calls": 'api_name="yahoo"',
}


def histories(name: str, *stretches: tuple[float, int], a_sample: float = _A_SAMPLE) -> dict[str, str]:
    """Return an objective's histogram, of which given shares are late, each for so many samples."""
    objective = BUDGETS.objective(name)
    histogram, _ = observed(objective)
    common = f'{_LABELS[name]}, instance="a", job="insitechart-api"'
    within = [(round(a_sample * (1 - late), 6), samples) for late, samples in stretches]
    return {
        f"{histogram.name}_count{{{common}}}": counter(*((a_sample, samples) for _, samples in stretches)),
        f'{histogram.name}_bucket{{{common}, le="{objective.seconds}"}}': counter(*within),
    }


def _case(
    alert: str,
    name: str,
    minutes: Sequence[tuple[float, int]],
    after: tuple[int, int, int],
    summary: str,
    step: int = MINUTE,
    judged: int = MINUTE,
) -> Case:
    """Return a case of stretches in minutes; the moments are counted from the first late one."""
    stretches = [(late, lasting * MINUTE // step) for late, lasting in minutes]
    begun = minutes[0][1]
    quiet, fires, recovered = (begun + moment for moment in after)
    labels = {"objective": name, "share": f"{BUDGETS.objective(name).share:g}"}
    return Case(alert, histories(name, *stretches), quiet, fires, recovered, labels, summary, step, judged)


HOURS = 60
BURN_CASES = (
    _case(
        "BudgetBurnsFast",
        "operations",
        [(0, HOURS), (1, 30), (0, HOURS)],
        (17, 24, 37),
        "operations burns its budget 7.1 times too fast over 30m",
    ),
    _case(
        "BudgetBurns",
        "external_calls",
        [(0, 7 * HOURS), (0.5, 4 * HOURS), (0, HOURS)],
        (205, 225, 265),
        "external_calls burns its budget 2.1 times too fast over 6h",
        judged=5 * MINUTE,
    ),
    _case(
        "BudgetBurnsSlowly",
        "statements",
        [(0, 25 * HOURS), (0.25, 21 * HOURS), (0, 3 * HOURS)],
        (1_120, 1_190, 1_340),
        "statements burns its budget 2.1 times too fast over 1d",
        2 * MINUTE,
        10 * MINUTE,
    ),
    _case(
        "BudgetErodes",
        "cache_calls",
        [(0, 73 * HOURS), (0.15, 50 * HOURS), (0, 5 * HOURS)],
        (47 * HOURS, 49 * HOURS, 54 * HOURS),
        "cache_calls burns its budget 1.0 times too fast over 3d",
        2 * MINUTE,
        10 * MINUTE,
    ),
)
