"""When the burn of a budget is worth a call: several windows and burn rates, fitted to how fast a budget can burn.

An objective of 90 % lets 10 % be late, its budget; the burn rate is the share that is late divided by that allowance.
So its burn is at most 10, of an objective of 85 % at most 6.67. The windows and the shares of the budget that may be
spent are those of https://sre.google/workbook/alerting-on-slos/, section 6; what such an objective cannot reach is
lowered to what it can. The derivation, with its figures, is in docs/alerts.md.
"""

from dataclasses import dataclass
from typing import Literal

from ops.deploy.clock import DAY, HOUR, MINUTE

PERIOD = 30 * DAY
"""The seconds that a budget is for."""
LEAST_OBSERVED = 20
"""So much must have been observed in the long window: of fewer, chance makes most be late now and then."""

Severity = Literal["page", "ticket"]


@dataclass(frozen=True, slots=True)
class Tier:
    """Fires while both windows, in seconds, burn faster than `factor`.

    `spends` is the share of the period's budget that may be gone when a strict objective's alert fires; `late` is the
    share of everything that has to be late at most for it to fire, whatever the objective.
    """

    alert: str
    severity: Severity
    long: int
    short: int
    spends: float
    late: float

    def factor(self, share: float) -> float:
        """Return the burn rate above which the alert for an objective of `share` fires.

        It is never below 1, where the objective just holds: one of 50 % lets more be late than some tiers ask for.
        """
        return max(1.0, round(min(self.spends * PERIOD / self.long, self.late / (1 - share)), 4))

    def spent(self, share: float, period: float = PERIOD) -> float:
        """Return the share of a period's budget that is gone when it fires, however many are late."""
        return self.factor(share) * self.long / period

    def seconds_to_detect(self, share: float, late: float = 1.0) -> float:
        """Return how long `late` of everything must be late, after none was, until it fires."""
        return self.long * self.factor(share) * (1 - share) / late


TIERS = (
    Tier("BudgetBurnsFast", "page", 30 * MINUTE, 5 * MINUTE, spends=0.01, late=0.6),
    Tier("BudgetBurns", "page", 6 * HOUR, 30 * MINUTE, spends=0.05, late=0.3),
    Tier("BudgetBurnsSlowly", "ticket", DAY, 2 * HOUR, spends=0.1, late=0.2),
    Tier("BudgetErodes", "ticket", 3 * DAY, 6 * HOUR, spends=0.1, late=1.0),
)
WINDOWS = (5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY)
"""The windows for which ratios and burn rates are recorded; the first is that of the rates."""
