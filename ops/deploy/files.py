"""Every file that is written of the objectives, and whether those at hand are what would be written now."""

from collections.abc import Mapping
from pathlib import Path

from ops.budgets import Budgets
from ops.deploy.clock import REAL, Clock
from ops.deploy.collecting import collector_text
from ops.deploy.dashboards import sections
from ops.deploy.drawing import dashboard_text
from ops.deploy.log_shipping import shipping
from ops.deploy.provisioning import provisioned
from ops.deploy.rules import rules_text
from ops.deploy.scraping import RULES, composed_text

FOLDER = Path(__file__).parent
"""Where the files stand that are kept with the code."""


def texts(budgets: Budgets, clock: Clock = REAL) -> Mapping[str, str]:
    """Return the text of each file by its path within the folder."""
    return {
        "grafana/dashboards/insitechart.json": dashboard_text(sections(budgets)),
        **provisioned(),
        f"prometheus/{RULES}": rules_text(budgets, clock),
        "prometheus/prometheus.yml": composed_text(clock),
        "collector/collector.yml": collector_text(),
        **shipping(),
    }


def write(folder: Path, budgets: Budgets, clock: Clock = REAL) -> list[Path]:
    """Write each file below the folder, and return their paths. Raises OSError."""
    written = []
    for path, text in texts(budgets, clock).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        written.append(file)
    return written


def stale(folder: Path, budgets: Budgets) -> list[Path]:
    """Return the files that are missing or not what would be written now. Raises OSError for unreadable ones."""
    return [
        folder / path
        for path, text in texts(budgets).items()
        if not (folder / path).exists() or (folder / path).read_text("utf-8") != text
    ]
