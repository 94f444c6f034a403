"""Whether the objectives hold: the share within each, and how fast its budget burns."""

from ops.budgets import OPERATION, Budgets
from ops.deploy.charts import GREEN, RED, YELLOW, Chart, Query, Section
from ops.deploy.clock import DAY, HOUR, MINUTE, name
from ops.deploy.recording import OBSERVED, burn, ratio
from ops.deploy.tiers import TIERS
from ops.metrics import catalogue

_WHOLE = f'objective!~"{OPERATION}.*"'
_OWN = f'objective=~"{OPERATION}.*"'
_FAST = TIERS[0]


def budgets_row(budgets: Budgets) -> Section:
    """Return the objectives in a table, then shares and burn rates over time."""
    strictest = max(objective.share for objective in budgets.objectives)
    laxest = min(objective.share for objective in budgets.objectives)
    burning = ((None, GREEN), (1, YELLOW), (min(_FAST.factor(o.share) for o in budgets.objectives), RED))
    hour, days = HOUR, 3 * DAY
    return Section(
        "Budgets",
        (
            Chart(
                "Objectives",
                "What is to be within, what was, and how fast the budget of lateness burns: 1 spends it in 30 days.",
                "none",
                (
                    Query(f"max by (objective) ({catalogue.OBJECTIVE_SECONDS.name})"),
                    Query(f"max by (objective) ({catalogue.OBJECTIVE_SHARE.name})"),
                    Query(f"max by (objective) ({ratio(hour)})"),
                    Query(f"max by (objective) ({ratio(days)})"),
                    Query(f"max by (objective) ({burn(hour)})"),
                    Query(f"max by (objective) ({OBSERVED})"),
                ),
                "table",
                24,
                10,
                columns=(
                    ("Within", "Value #A", "s"),
                    ("Wanted share", "Value #B", "percentunit"),
                    (f"Share, {name(hour)}", "Value #C", "percentunit"),
                    (f"Share, {name(days)}", "Value #D", "percentunit"),
                    (f"Burn, {name(hour)}", "Value #E", "none"),
                    ("Observed a second", "Value #F", "ops"),
                ),
            ),
            _within("Share within, service", "The four objectives of the whole service.", _WHOLE, laxest, strictest),
            _within("Share within, operations", "Operations with a budget of their own.", _OWN, laxest, strictest),
            Chart(
                "Burn rate",
                "Over an hour; 1 spends the budget in 30 days. Red is where somebody is called, if it lasts.",
                "none",
                (Query(f"{burn(HOUR)}{{{_WHOLE}}}", "{{objective}}"),),
                steps=burning,
            ),
            Chart(
                "Burn rate, operations",
                "Over an hour, of the ten operations whose budgets burn fastest.",
                "none",
                (Query(f"topk(10, {burn(HOUR)}{{{_OWN}}})", "{{objective}}"),),
                steps=burning,
            ),
            Chart(
                "Burn rate, fast and slow",
                "What the alerts compare: operations over short and long windows.",
                "none",
                tuple(
                    Query(f'{burn(window)}{{objective="operations"}}', name(window))
                    for window in sorted({window for tier in TIERS for window in (tier.long, tier.short)})
                ),
                steps=burning,
            ),
        ),
    )


def _within(title: str, says: str, which: str, laxest: float, strictest: float) -> Chart:
    return Chart(
        title,
        f"{says} Over five minutes; red is below what is wanted.",
        "percentunit",
        (Query(f"{ratio(5 * MINUTE)}{{{which}}}", "{{objective}}"),),
        steps=((None, RED), (laxest, YELLOW), (strictest, GREEN)),
        most=1,
        width=8 if which == _WHOLE else 16,
    )
