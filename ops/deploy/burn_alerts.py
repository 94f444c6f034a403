"""The alerts of objectives whose budgets burn too fast, one for each tier."""

from collections.abc import Iterable

from ops.budgets import Budgets
from ops.deploy.alert import Alert
from ops.deploy.clock import Clock, name
from ops.deploy.recording import EVERY, OBSERVED, burn, having, shares
from ops.deploy.tiers import LEAST_OBSERVED, TIERS, Tier

_FIRST = {
    "page": "Open the dashboard's rows Budgets and Fields: which paths are slow, and is it the database, the cache or "
    "the pool? `insitechart budget report` names the worst paths; a trace that was kept shows one such operation.",
    "ticket": "Nothing is burning down: find the paths that grew slower with `insitechart budget report`, and mend "
    "them within days, or say with a reason that the objective is wrong.",
}


def burn_alerts(budgets: Budgets, clock: Clock) -> Iterable[Alert]:
    """Yield an alert for each tier, about all objectives."""
    for tier in TIERS:
        yield Alert(
            tier.alert,
            tier.severity,
            "\nor\n".join(_burning(tier, share, clock) for share in shares(budgets)),
            f'{{{{ $labels.objective }}}} burns its budget {{{{ $value | printf "%.1f" }}}} times too fast '
            f"over {name(tier.long)}",
            _FIRST[tier.severity],
        )


def _burning(tier: Tier, share: float, clock: Clock) -> str:
    """Return the condition for the objectives of a share: both windows, and enough observed to judge by.

    What was observed is a sum, for an average would take a service that is minutes old for one that has been asked as
    much all the window long.
    """
    asked, factor = having(share), f"{tier.factor(share):g}"
    seconds = f"{clock.seconds(EVERY):g}"
    return "\n".join(
        (
            f"({burn(tier.long)}{{{asked}}} > {factor}",
            f"  and {burn(tier.short)}{{{asked}}} > {factor}",
            f"  and sum_over_time({OBSERVED}{{{asked}}}[{clock.text(tier.long)}]) * {seconds} >= {LEAST_OBSERVED})",
        )
    )
