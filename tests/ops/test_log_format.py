"""Whether lines are text or JSON: what the setting says, else what suits the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ops.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


@pytest.mark.parametrize(
    ("values", "readable"),
    [
        ({}, True),
        ({"environment": "production"}, False),
        ({"log_format": "json"}, False),
        ({"log_format": "text"}, True),
        ({"environment": "production", "log_format": "text"}, True),
        ({"environment": "production", "log_format": "json"}, False),
    ],
)
def test_the_setting_wins_over_the_environment(values: dict[str, str], *, readable: bool) -> None:
    """Development shows text and production JSON, unless it is said otherwise."""
    assert Settings.model_validate(values).readable_logs is readable


def test_a_server_in_development_writes_json_where_it_is_wanted(tmp_path: Path) -> None:
    """Its lines can be analyzed; the port is taken from nobody, and no server is started to see it."""
    env = {"PATH": os.environ["PATH"], "INSITECHART_LOG_FORMAT": "json", "INSITECHART_DATA_DIR": str(tmp_path)}
    away = ["--database-url", "postgresql://127.0.0.1:1/none", "--redis-url", "redis://127.0.0.1:1"]
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", "serve", "--port", "0", *away],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("{")]
    assert [json.loads(line)["event"] for line in lines][:1] == ["servers_ready"], done.stderr
