"""Recording rules: of each objective what was observed and what was within, then ratios and burn rates by window.

Long windows are sums of the recorded rates of five minutes, weighted by traffic therefore, and cheap over days.
"""

from collections.abc import Iterable, Mapping

from ops.budgets import Budgets, Objective
from ops.deploy.clock import MINUTE, Clock, name
from ops.deploy.queries import count, observed, within
from ops.deploy.tiers import WINDOWS

Rule = Mapping[str, object]

EVERY = MINUTE / 2
"""Seconds from one recording to the next."""
_BASE = WINDOWS[0]
OBSERVED, WITHIN = f"objective:observed:rate{name(_BASE)}", f"objective:within:rate{name(_BASE)}"
"""Per second, by the labels `objective` and `share`: what was observed, and what of it was within the objective."""


def ratio(window: int) -> str:
    """Return the recorded series of the share within each objective, in [0, 1]."""
    return f"objective:within:ratio{name(window)}"


def burn(window: int) -> str:
    """Return the recorded series of the burn rate of each objective's budget: 1 spends it in just its period."""
    return f"objective:burn:rate{name(window)}"


def shares(budgets: Budgets) -> tuple[float, ...]:
    """Return the distinct shares that objectives ask for."""
    return tuple(sorted({objective.share for objective in budgets.objectives}))


def having(share: float) -> str:
    """Return the matcher of the objectives that ask for a share."""
    return f'share="{share:g}"'


def recording_rules(budgets: Budgets, clock: Clock) -> list[Rule]:
    """Return the rules in the order in which they need each other."""
    return [
        *(rule for objective in budgets.objectives for rule in _rates(objective, clock)),
        *(_ratio(window, clock) for window in WINDOWS),
        *_burns(shares(budgets)),
    ]


def _rates(objective: Objective, clock: Clock) -> Iterable[Rule]:
    histogram, part = observed(objective)
    labels = {"objective": objective.name, "share": f"{objective.share:g}"}
    over = clock.text(_BASE)
    yield {"record": OBSERVED, "expr": count(histogram, where=part, over=over), "labels": labels}
    yield {"record": WITHIN, "expr": within(histogram, objective.seconds, part, over), "labels": labels}


def _ratio(window: int, clock: Clock) -> Rule:
    if window == _BASE:
        return {"record": ratio(window), "expr": f"{WITHIN} / {OBSERVED}"}
    over = clock.text(window)
    return {"record": ratio(window), "expr": f"sum_over_time({WITHIN}[{over}]) / sum_over_time({OBSERVED}[{over}])"}


def _burns(asked: Iterable[float]) -> Iterable[Rule]:
    for share in asked:
        allowance = f"{1 - share:.6g}"
        for window in WINDOWS:
            late = f"1 - {ratio(window)}{{{having(share)}}}"
            yield {"record": burn(window), "expr": f"({late}) / {allowance}", "labels": {"share": f"{share:g}"}}
