"""The page of the alerts says of each what to do, and its figures are those of the rules."""

import re

import pytest

from ops.deploy.alert import Alert
from ops.deploy.clock import DAY, MINUTE, name
from ops.deploy.tiers import TIERS, Tier
from tests.ops.deploy.alert_case import ALERTS, BUDGETS
from tests.ops.embedded.users import ROOT

PAGE = (ROOT / "docs" / "alerts.md").read_text()
SECTIONS = dict(re.findall(r"^### (\w+)\n\n(.+?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_each_alert_has_its_words_and_no_others_do() -> None:
    """Whoever is called finds the alert by its name."""
    assert set(SECTIONS) == set(ALERTS)


@pytest.mark.parametrize("alert", ALERTS.values(), ids=lambda alert: alert.name)
def test_the_page_says_how_urgent_it_is(alert: Alert) -> None:
    """Page or ticket, as the rules have it."""
    assert SECTIONS[alert.name].startswith(alert.severity.capitalize() + ".")


@pytest.mark.parametrize("share", sorted({objective.share for objective in BUDGETS.objectives}))
@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.alert)
def test_the_table_has_the_figures(tier: Tier, share: float) -> None:
    """Factor, share that is late, budget spent and time to fire are computed, and stand in the table."""
    factor = tier.factor(share)
    cells = (
        tier.alert,
        f"{name(tier.long)}, {name(tier.short)}",
        f"{share * 100:g} %",
        f"{factor:g}",
        f"{factor * (1 - share) * 100:.0f} % late",
        f"{tier.spent(share) * 100:.2f} %",
        f"{tier.spent(share, 28 * DAY) * 100:.2f} %",
        f"{tier.seconds_to_detect(share) / MINUTE:.0f} min",
    )
    assert f"| {' | '.join(cells)} |" in PAGE


def test_no_factor_is_out_of_reach() -> None:
    """Everything late burns faster than any alert asks for; 14.4 would never be reached."""
    for share in {objective.share for objective in BUDGETS.objectives}:
        most = 1 / (1 - share)
        assert all(tier.factor(share) < most for tier in TIERS)
        assert most < 14.4


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.alert)
def test_no_alert_fires_while_an_objective_holds(tier: Tier) -> None:
    """Whatever share a file asks for, the factor is one that a budget burns at which runs out, and can be reached."""
    for share in (0.1, 0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 0.9999):
        assert 1 <= tier.factor(share) < 1 / (1 - share)


def test_strict_objectives_get_the_factors_of_the_workbook() -> None:
    """14.4, 6, 3 and 1, where what may be late is little."""
    assert [tier.factor(0.999) for tier in TIERS] == [14.4, 6, 3, 1]
