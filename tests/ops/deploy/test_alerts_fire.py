"""Every alert fires in a history that calls for it and is quiet before and after, by promtool's own reckoning."""

import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ops.deploy.files import FOLDER
from ops.deploy.scraping import RULES
from tests.ops.deploy.alert_case import ALERTS, Case
from tests.ops.deploy.burn_cases import BURN_CASES
from tests.ops.deploy.intake_cases import INTAKE_CASES
from tests.ops.deploy.server_cases import SERVER_CASES

CASES = (*BURN_CASES, *SERVER_CASES, *INTAKE_CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_it_fires_and_recovers(case: Case, promtool: Path, tmp_path: Path) -> None:
    """Quiet, firing with these labels and words, quiet: on the rules as they are kept."""
    (tmp_path / "rules.yml").write_text((FOLDER / "prometheus" / RULES).read_text())
    with (tmp_path / "test.yml").open("w") as file:
        YAML().dump(case.document(), file)
    command = [str(promtool), "test", "rules", str(tmp_path / "test.yml")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_alert_is_without_a_case() -> None:
    """An alert that never fired anywhere is a hope."""
    assert {case.alert for case in CASES} == set(ALERTS)


def test_moments_stand_in_order() -> None:
    """Each case is quiet first, fires then, and recovers last."""
    assert all(case.quiet < case.fires < case.recovered for case in CASES)
