"""The files that are kept are those that the code and the objectives make, and what reads them takes them."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from ops.budgets import SHIPPED, load_budgets
from ops.deploy.__main__ import main
from ops.deploy.clock import Clock
from ops.deploy.files import FOLDER, stale, write
from ops.deploy.scraping import METRICS_PORT
from tests.ops.deploy.prometheus_process import EXEMPLARS
from tests.ops.embedded.users import ROOT


def test_the_kept_files_are_fresh() -> None:
    """Nobody edited one by hand, or forgot to write them after a change."""
    assert stale(FOLDER, load_budgets()) == []


def test_promtool_takes_them(promtool: Path, tmp_path: Path) -> None:
    """Rules and scrape configuration, at every stage and at another scale, without a complaint."""
    for stage in ("mvp", "beta", "ga"):
        for scale in (1.0, 1 / 60):
            folder = tmp_path / f"{stage}-{scale}"
            write(folder, load_budgets(stage=stage), Clock(scale))
            rules = folder / "prometheus" / "rules.yml"
            told = subprocess.run(
                [str(promtool), "check", "rules", str(rules)], capture_output=True, text=True, check=False
            )
            assert told.returncode == 0, told.stdout + told.stderr
    config = FOLDER / "prometheus" / "prometheus.yml"
    command = [str(promtool), "check", "config", "--syntax-only", str(config)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_stage_changes_what_is_judged(tmp_path: Path) -> None:
    """The rules of a stricter stage count by its own bucket."""
    asked = CliRunner().invoke(main, ["write", "--stage", "ga", "--folder", str(tmp_path)])
    assert asked.exit_code == 0, asked.output
    rules = (tmp_path / "prometheus" / "rules.yml").read_text()
    assert 'le="0.8"' in rules
    assert 'le="1.5"' not in rules
    assert len(asked.output.splitlines()) == len(list(tmp_path.rglob("*.*")))


def test_whoever_has_no_packages_of_development_is_told_of_them() -> None:
    """The environment of servers lacks them; one line says what brings them."""
    code = "import runpy, sys; sys.modules['ruamel.yaml'] = None; runpy.run_module('ops.deploy', run_name='__main__')"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "ops.deploy needs ruamel.yaml, which comes with the packages of development: make develop\n"


def test_check_names_what_is_stale(tmp_path: Path) -> None:
    """Fresh files pass; a touched one and a missing one are named, and fail."""
    write(tmp_path, load_budgets())
    assert CliRunner().invoke(main, ["check", "--folder", str(tmp_path)]).exit_code == 0
    (tmp_path / "prometheus" / "rules.yml").write_text("groups: []\n")
    (tmp_path / "collector" / "collector.yml").unlink()
    checked = CliRunner().invoke(main, ["check", "--folder", str(tmp_path)])
    assert checked.exit_code == 1
    assert "rules.yml" in checked.output
    assert "collector.yml" in checked.output
    assert "prometheus.yml" not in checked.output


@pytest.mark.parametrize("words", [["--stage", "alpha"], ["--budgets", "BROKEN"], ["--folder", "FILE"]])
def test_bad_input_is_named(words: list[str], tmp_path: Path) -> None:
    """A stage that is none, a file that is none of objectives, a folder that is a file: one line, and no trace."""
    broken, file = tmp_path / "broken.toml", tmp_path / "file"
    broken.write_text(SHIPPED.read_text().replace("p90_ms = 300", "p90_ms = -1"))
    file.touch()
    known = {"BROKEN": str(broken), "FILE": str(file)}
    asked = CliRunner().invoke(main, ["write", *(known.get(word, word) for word in words)])
    assert asked.exit_code in {1, 2}
    assert "Error: " in asked.output
    assert "Traceback" not in asked.output


def test_a_scale_too_small_is_refused() -> None:
    """A window of no length would judge nothing."""
    with pytest.raises(ValueError, match="less than a millisecond"):
        Clock(1e-9).text(300)


def test_the_compose_file_serves_what_is_scraped() -> None:
    """Workers and collectors listen where Prometheus asks, and the images have pinned versions."""
    compose = YAML(typ="safe").load((ROOT / "compose.yaml").read_text())
    for process in ("work", "collect"):
        assert compose["services"][process]["environment"]["INSITECHART_METRICS_PORT"] == METRICS_PORT
        assert compose["services"][process]["environment"]["INSITECHART_METRICS_HOST"] == "0.0.0.0"  # noqa: S104
    observing = {name: one for name, one in compose["services"].items() if "observe" in one.get("profiles", ())}
    assert set(observing) == {"prometheus", "grafana", "collector"}
    assert EXEMPLARS in observing["prometheus"]["command"]
    for service in observing.values():
        assert service["image"].rpartition(":")[2] not in {"", "latest"}
