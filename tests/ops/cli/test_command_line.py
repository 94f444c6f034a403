"""`insitechart` itself: quick help, near-miss hints, settings, exit codes."""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops.cli import COMMANDS, main
from ops.cli.endpoints import variables
from ops.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
_HELP_AND_MODULES = """
import sys
from ops.cli import main
try:
    main(["--help"])
finally:
    print("LOADED", *[name for name in ("strawberry", "asyncpg", "pydantic", "rich", "redis") if name in sys.modules])
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process, as scripts do."""
    return subprocess.run(
        [sys.executable, "-m", "ops.cli", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_lists_every_command_and_imports_none() -> None:
    """Help is quick because neither the API nor a driver is loaded for it."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            _HELP_AND_MODULES,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert loaded.strip().endswith("LOADED")
    for name in COMMANDS:
        assert f"\n  {name} " in loaded
    assert "Exit codes" in loaded
    assert "Examples" in loaded


@pytest.mark.parametrize(
    "words", [*COMMANDS, "import stocks", "import prices", "import posts", "schema export", "schema check"]
)
def test_every_command_has_help_with_examples(words: str) -> None:
    """Each command loads, and shows how it is used."""
    result = CliRunner().invoke(main, [*words.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert f"\n    insitechart {words}" in result.output


@pytest.mark.parametrize(
    ("arguments", "environment", "hint"),
    [
        (["sevre"], {}, "Did you mean 'serve'?"),
        (["doctor", "--jsn"], {}, "--json"),
        (["--databse-url", "x", "doctor"], {}, "--database-url"),
        (["doctor"], {"INSITECHART_DATABSE_URL": "x"}, "did you mean INSITECHART_DATABASE_URL?"),
        (["doctor"], {"INSITECHART_LIMIT_DEPHT": "3"}, "did you mean INSITECHART_LIMIT_DEPTH?"),
        (["doctor"], {"INSITECHART_PORT": "many"}, "INSITECHART_PORT: "),
        (["doctor"], {"INSITECHART_LIMIT_COST": "-1"}, "INSITECHART_LIMIT_COST: "),
        (["doctor"], {"INSITECHART_CORS_ORIGINS": "http://a"}, "INSITECHART_CORS_ORIGINS: JSON is expected"),
        (["doctor"], {"INSITECHART_NEWS_FEEDS": "http://a?key=hunter2"}, "INSITECHART_NEWS_FEEDS: JSON is expected"),
        (["doctor"], {"INSITECHART_DEADLINE_OPERATION": "inf"}, "INSITECHART_DEADLINE_OPERATION: "),
        (["doctor"], {"INSITECHART_X_POLL_SECONDS": "inf"}, "INSITECHART_X_POLL_SECONDS: "),
        (["doctor"], {"INSITECHART_INTAKE_LEASE_SECONDS": "1e30"}, "INSITECHART_INTAKE_LEASE_SECONDS: "),
        (["doctor"], {"INSITECHART_REDDIT_USER_AGENT": "linux:\u00e4:1"}, "REDDIT_USER_AGENT: one line of ASCII"),
        (["doctor"], {"INSITECHART_X_BEARER_TOKEN": "hunter2\nx"}, "X_BEARER_TOKEN: one line of ASCII"),
        (
            ["collect", "--replay", "x", "--speed", "nan"],
            {},
            "'--speed': a number, at least 0, is expected; 'nan' is given",
        ),
        (["migrate", "--lock-timeout", "nan"], {}, "'--lock-timeout': a number from 0.001 to 86400 is expected"),
        (["doctor"], {"INSITECHART_DATABASE_URL": "mysql://me:hunter2@h/x"}, "INSITECHART_DATABASE_URL: a URL is"),
        (["doctor"], {"INSITECHART_DATABASE_URL": "postgresql://me:12?hunter2@h/x"}, "special characters as %XX"),
        (["doctor"], {"INSITECHART_DATABASE_URL": ""}, "begins with postgresql://"),
        (["doctor", "--database-url", "postgresql://me:hunter2@[h/x"], {}, "--database-url: a URL is"),
        (["doctor", "--redis-url", "redis://me:hunter2@h:many"], {}, "--redis-url: a URL is"),
    ],
)
def test_a_near_miss_is_a_usage_error_with_the_right_name(
    arguments: list[str], environment: Mapping[str, str], hint: str
) -> None:
    """A misspelt command, flag, variable or value exits with 2 and says what was meant."""
    result = run(*arguments, **environment)
    assert result.returncode == 2
    assert hint in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_no_screen_turns_words_between_colons_into_pictures() -> None:
    """Names of polls and files hold colons, and rich would write "reddit:new:stocks" with an emoji."""
    calls = {
        f"{path.name}:{call.lineno}": {keyword.arg for keyword in call.keywords}
        for path in (ROOT / "ops").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Console"
    }
    assert calls
    assert [place for place, given in calls.items() if "emoji" not in given] == []


def test_a_database_url_may_name_several_hosts(tmp_path: Path) -> None:
    """It passes the check, and the driver tries each."""
    url = f"postgresql://me@127.0.0.1:1,127.0.0.1:2/x?passfile={tmp_path}/none"
    result = run("migrate", "--check", INSITECHART_DATABASE_URL=url)
    assert result.returncode == 69, result.stderr
    assert "Traceback" not in result.stderr


def test_what_only_the_driver_knows_of_a_url_is_told_in_words() -> None:
    """A server cannot be reached in a mode that does not exist; the driver's list of modes is passed on."""
    result = run("migrate", "--check", INSITECHART_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/x?sslmode=odd")
    assert result.returncode == 69
    assert "verify-full" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    """The message names it and the flag, before anything is started."""
    (tmp_path / "notes.txt").write_text("mine")
    result = run("migrate", "--check", "--data-dir", str(tmp_path / "notes.txt"))
    assert result.returncode == 69
    assert "notes.txt is no folder" in result.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_every_setting_has_a_variable() -> None:
    """The variables that pass the check are the settings, each under its name."""
    assert {f"INSITECHART_{name.upper()}" for name in Settings.model_fields} <= set(variables())


def test_a_server_that_is_not_there_exits_with_69(data_dir: Path) -> None:
    """The message names what was tried and what to do; no traceback, no password."""
    result = run(
        "serve", "--port", "0", "--database-url", "postgresql://me:hunter2@127.0.0.1:1/x", "--data-dir", str(data_dir)
    )
    assert result.returncode == 69
    assert "PostgreSQL cannot be used" in result.stderr
    assert "127.0.0.1" in result.stderr
    assert "hunter2" not in result.stderr
    assert "Traceback" not in result.stderr


def test_the_doctor_prints_a_configuration_that_postgresql_reads() -> None:
    """Only settings and comments, one a line, the sized ones among them."""
    result = run("doctor", "--postgres-conf")
    assert result.returncode == 0
    lines = [line for line in result.stdout.splitlines() if not line.startswith("#")]
    assert all(" = '" in line for line in lines)
    assert {"shared_buffers", "effective_cache_size", "jit"} <= {line.split(" = ")[0] for line in lines}


def test_the_doctor_fails_when_the_database_is_missing(tmp_path: Path) -> None:
    """Scripts read the findings as JSON and the verdict from the exit code."""
    result = run(
        "doctor", "--json", "--data-dir", str(tmp_path), INSITECHART_DATABASE_URL="postgresql://me@127.0.0.1:1/x"
    )
    assert result.returncode == 1
    assert '"state": "missing"' in result.stdout


def test_the_doctor_creates_nothing(tmp_path: Path) -> None:
    """On a fresh machine it says what would be started, and starts none of it."""
    result = run("doctor", "--json", "--data-dir", str(tmp_path / "data"))
    assert result.returncode == 0
    assert "not started here yet" in result.stdout
    assert not (tmp_path / "data").exists()


def test_the_doctor_names_edition_and_version(plain_database_url: str, redis_url: str) -> None:
    """What it found of both servers is on the screen."""
    result = run("doctor", "--json", INSITECHART_DATABASE_URL=plain_database_url, INSITECHART_REDIS_URL=redis_url)
    assert result.returncode == 0, result.stderr
    assert "PostgreSQL 18." in result.stdout
    assert "plain" in result.stdout
    assert "Valkey 9." in result.stdout
    assert "up to date" in result.stdout
