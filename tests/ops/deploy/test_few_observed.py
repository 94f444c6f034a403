"""No alert of a budget fires of a handful of operations, however young the service is."""

import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ops.deploy.clock import REAL
from ops.deploy.files import FOLDER
from ops.deploy.recording import EVERY
from ops.deploy.scraping import RULES
from ops.deploy.tiers import LEAST_OBSERVED, TIERS
from tests.ops.deploy.burn_cases import histories

LATE_MINUTES, LOOKS = 3, range(1, 31)


def _firing(promtool: Path, folder: Path, a_minute: float) -> int:
    """Let a new service be late for some minutes, then be asked nothing more; return how often any alert fires."""
    (folder / "rules.yml").write_text((FOLDER / "prometheus" / RULES).read_text())
    late = histories("operations", (1, LATE_MINUTES), (0, 1), a_sample=a_minute)
    document = {
        "rule_files": ["rules.yml"],
        "group_eval_order": ["objectives", "alerts"],
        "evaluation_interval": REAL.text(EVERY),
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": f"{values} stale"} for name, values in late.items()],
                "alert_rule_test": [
                    {"eval_time": f"{minute}m", "alertname": tier.alert, "exp_alerts": []}
                    for tier in TIERS
                    for minute in LOOKS
                ],
            }
        ],
    }
    with (folder / "test.yml").open("w") as file:
        YAML().dump(document, file)
    told = subprocess.run(
        [str(promtool), "test", "rules", str(folder / "test.yml")], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0 or "alertname" in told.stdout + told.stderr, told.stdout + told.stderr
    return (told.stdout + told.stderr).count("alertname: ")


@pytest.mark.parametrize(("a_minute", "fires"), [(LEAST_OBSERVED / 10, False), (LEAST_OBSERVED, True)])
def test_a_new_service_must_have_been_asked_enough(
    promtool: Path, tmp_path: Path, a_minute: float, *, fires: bool
) -> None:
    """A few slow first operations of a service that has no past wake nobody; as many as are asked for do."""
    assert (_firing(promtool, tmp_path, a_minute) > 0) is fires
